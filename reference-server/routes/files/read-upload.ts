import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { FILE_BYTES } from '../../content/file-contents.js';
import { ApiError, invalidPayload } from '../../http/errors.js';

/** A file of a multipart body, with the fields that came before it. */
export interface Upload {
  readonly filename: string;
  /** As the client says: image/png. */
  readonly type: string;
  readonly bytes: Buffer;
  readonly fields: Readonly<Record<string, unknown>>;
}

const limits = { fileSize: FILE_BYTES, files: 20, fields: 200, parts: 220, fieldSize: 65_536, headerPairs: 20 };

/** True for a request whose body is multipart/form-data. */
export const isMultipart = ({ headers }: IncomingMessage): boolean =>
  /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');

/** 413: the file is larger than the server takes. */
const contentTooLarge = (): ApiError =>
  new ApiError(413, 'CONTENT_TOO_LARGE', `Uploaded content is too large: at most ${FILE_BYTES} bytes.`);

const malformed = (): ApiError => invalidPayload('The multipart body is malformed');

/** Words of a form that stand for what they say. Observed: Directus 12.4.1. */
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['null', null],
  ['true', true],
  ['false', false],
]);

/**
 * Reads the files of a multipart body (RFC 7578). The fields that come before a file describe it.
 * @throws ApiError 400 INVALID_PAYLOAD where it cannot be read, 413 CONTENT_TOO_LARGE
 */
export function readUpload(request: IncomingMessage): Promise<readonly Upload[]> {
  return new Promise((resolve, reject) => {
    const files: Upload[] = [];
    const reading: Promise<void>[] = [];
    let fields: Record<string, unknown> = {};
    const giveUp = (error: ApiError): void => {
      request.unpipe();
      request.resume();
      reject(error);
    };
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({ headers: request.headers as BusboyHeaders, limits });
    } catch {
      giveUp(malformed());
      return;
    }
    parser.on('field', (name: string, text: string) => {
      const word = text.trim();
      const value = WORDS.has(word) ? WORDS.get(word) : text;
      Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
    });
    parser.on('file', (_name, stream, filename, _encoding, type) => {
      const own = fields;
      fields = {};
      const read = bytesOf(stream).then((bytes) => {
        files.push({ filename: filename ?? '', type, bytes, fields: own });
      });
      read.catch(() => giveUp(contentTooLarge()));
      reading.push(read);
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
      parser.on(limit, () => giveUp(contentTooLarge()));
    parser.on('error', () => giveUp(malformed()));
    parser.on('finish', () => {
      Promise.all(reading).then(
        () => resolve(files),
        () => undefined,
      );
    });
    request.on('aborted', () => giveUp(malformed()));
    request.pipe(parser);
  });
}

/** @throws Error for what is larger than allowed */
async function bytesOf(stream: BusboyFileStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (stream.truncated) throw new Error('too large');
  return Buffer.concat(chunks);
}
