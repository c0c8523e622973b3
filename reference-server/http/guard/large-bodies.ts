import type { IncomingMessage, ServerResponse } from 'node:http';
import { FILE_BYTES } from '../../content/file-contents.js';
import { BODY_BYTES } from './limits.js';

/** Bodies up to this size are never rejected for lack of memory, in bytes: a login takes some hundred. */
const SMALL_BYTES = 16_384;

/**
 * The memory that large bodies hold together: from when they are announced until their requests are answered. Without a limit a thousand
 * connections that each send a body of 1 MB, but for its last byte, hold 1 GB.
 */
export class LargeBodies {
  #reserved = 0;

  /** @param bytes how much they may hold together */
  constructor(private readonly bytes: number) {}

  /**
   * Reserves memory for the body of a request until it is answered or its connection ends.
   * @returns false when there is none left
   */
  reserve({ headers }: IncomingMessage, response: ServerResponse): boolean {
    // A body that comes in chunks, or compressed, may be as large as any.
    const tells = headers['transfer-encoding'] === undefined && headers['content-encoding'] === undefined;
    const largest = headers['content-type']?.startsWith('multipart/') === true ? FILE_BYTES : BODY_BYTES;
    const announced = tells ? Number(headers['content-length'] ?? 0) : largest;
    // What is larger is rejected unread.
    const bytes = Math.min(announced, largest);
    if (bytes <= SMALL_BYTES) return true;
    if (this.#reserved + bytes > this.bytes) return false;
    this.#reserved += bytes;
    response.once('close', () => {
      this.#reserved -= bytes;
    });
    return true;
  }
}
