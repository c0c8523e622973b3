import { Readable } from 'node:stream';
import type { SentRequest } from './http/exchange.js';

/** How many bytes a chunk has. */
const CHUNK = 7;

/**
 * Headers and body as undici takes them: a body whose headers say Transfer-Encoding is sent in chunks (RFC 9112 section 7.1), which undici
 * does of itself where it does not know the length.
 */
export function written({ headers, body }: SentRequest): { headers: string[]; body: string | Readable | null } {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'transfer-encoding');
  if (body === undefined || others.length === headers.length) return { headers: headers.flat(), body: body ?? null };
  const bytes = Buffer.from(body);
  const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) =>
    bytes.subarray(index * CHUNK, (index + 1) * CHUNK),
  );
  return { headers: others.flat(), body: Readable.from(chunks) };
}
