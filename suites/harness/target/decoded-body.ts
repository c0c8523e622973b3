import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

type Decoder = () => NodeJS.ReadWriteStream & AsyncIterable<Buffer>;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/**
 * The body of a response as it was before it was compressed. A server may compress what is asked for without Accept-Encoding, too.
 * RFC 9110 sections 8.4 and 12.5.3. A coding that is not known leaves the body as it came.
 * @param coding the header Content-Encoding
 */
export function decodedBody(body: Readable, coding: string | readonly string[] | undefined): AsyncIterable<Buffer> {
  const codings = [coding ?? []].flat().flatMap((value) => value.toLowerCase().split(','));
  const known = codings.flatMap((name) => decoders[name.trim()] ?? []);
  return known.reduceRight<Readable>((stream, decoder) => {
    const decoded = decoder() as unknown as Readable & NodeJS.WritableStream;
    stream.once('error', (error) => decoded.destroy(error));
    decoded.once('close', () => stream.destroy());
    return stream.pipe(decoded);
  }, body) as AsyncIterable<Buffer>;
}
