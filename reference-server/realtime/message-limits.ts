/*
 * What one WebSocket may use up of the server. A client that sends `auth` and reads the answers meets none of it.
 */

/** How large a message may be, in bytes: twice what the head of a request may hold, which carries tokens too. */
export const MESSAGE_BYTES = 32_768;
/** Into how many frames a message may be cut, and in how many pieces it may arrive: each takes memory beside what it holds. */
export const MESSAGE_FRAMES = 128;
export const MESSAGE_PIECES = 4_096;
/** How many messages may wait while one is answered. Nothing is read meanwhile: these are what came in the same packet. */
export const MESSAGES_WAITING = 256;
/** How many messages are answered in a second; the next one has to wait, and is not read meanwhile. */
export const MESSAGES_PER_SECOND = 100;
/** How many bytes of messages are answered at once, and how many a second after that: the next message has to wait for these. */
export const BYTES_AT_ONCE = 65_536;
export const BYTES_PER_SECOND = 16_384;
/** How long a client may be held back for that in all, in ms, without having sent a message meanwhile that was within the limits. */
export const HELD_BACK_MS = 10_000;
/** How many pings and pongs a client may send in a second (RFC 6455 section 5.5): browsers send none, a heartbeat is one in some seconds. */
export const CONTROL_FRAMES_PER_SECOND = 50;
/** How much may wait for a client that does not read, in bytes, beside what the system buffers. */
export const UNREAD_BYTES = 65_536;
/** How long the other side may take to answer a close, in ms. */
export const CLOSE_MS = 2_000;
/** How many subscriptions one connection may have: each is looked at when a record changes. */
export const SUBSCRIPTIONS = 100;
