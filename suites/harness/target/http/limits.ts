/**
 * What is read of an answer, and kept of it: a target may send whatever it likes, and no more than this of it is ever looked at.
 * A run keeps the answers of some 350 checks, so that what is kept of each is what counts.
 */

/** Most bytes of a body. Answers of the API are a few kB; a list of a hundred users, the most that a Directus gives unasked, about 100 kB. */
export const BODY_LIMIT = 1_000_000;
/** Most bytes of all bodies of a run. The answers of a run at a Directus have some 10 MB in all. */
export const VOLUME_LIMIT = 200_000_000;
/** Most bytes of the head of an answer, as Node's own servers and clients have it. */
export const HEAD_LIMIT = 16_384;
/** Longest text inside an answer, in characters: a token that is longer fits into no head of a request. */
export const TEXT_LIMIT = 16_384;
/** How deep JSON is looked into, in levels. A schema of GraphQL, the deepest answer of the API, has some twenty. */
export const DEPTH_LIMIT = 100;
/** Most bytes of a WebSocket's message. */
export const MESSAGE_LIMIT = 65_536;
/** Most messages of a WebSocket that wait to be read, and most pings and pongs that are taken. A Directus sends a ping every 30 s. */
export const UNREAD_LIMIT = 100;
