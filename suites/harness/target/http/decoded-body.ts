import { Readable, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** A body that was compressed more often than this is left as it came. */
const MOST_CODINGS = 3;

/**
 * The body of a response as it was before it was compressed. A server may compress what is asked for without Accept-Encoding, too.
 * RFC 9110 sections 8.4 and 12.5.3. A coding that is not known leaves the body as it came; so does one of a body that is empty, as that
 * of a response to HEAD is, which has the headers of GET all the same (section 9.3.2).
 * @param coding the header Content-Encoding
 * @throws Error, as the body is read, with a code of zlib when it is not compressed as the header says
 */
export async function* decodedBody(
  body: Readable,
  coding: string | readonly string[] | undefined,
): AsyncGenerator<Buffer> {
  const codings = [coding ?? []].flat().flatMap((value) => value.toLowerCase().split(','));
  const known = codings.flatMap((name) => decoders[name.trim()] ?? []);
  const pieces = body as AsyncIterable<Buffer>;
  yield* known.length === 0 || known.length > MOST_CODINGS ? pieces : decoded(pieces, known);
}

async function* decoded(pieces: AsyncIterable<Buffer>, codings: readonly (() => Duplex)[]): AsyncGenerator<Buffer> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const whole = Readable.from(
    (async function* () {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => iterator };
    })(),
  );
  yield* codings.reduceRight<Readable>((stream, decoder) => {
    const next = decoder();
    stream.once('error', (error) => next.destroy(error));
    next.once('close', () => stream.destroy());
    return stream.pipe(next);
  }, whole) as AsyncIterable<Buffer>;
}
