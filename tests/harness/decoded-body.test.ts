import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodedBody } from '../../suites/harness/target/http/decoded-body.js';

async function read(pieces: readonly Buffer[], coding?: string | string[]): Promise<string> {
  let text = '';
  for await (const piece of decodedBody(Readable.from(pieces), coding)) text += piece.toString();
  return text;
}

const text = 'an answer '.repeat(1000);

describe('the body of a response', () => {
  test.each([
    ['as it is', Buffer.from(text), undefined],
    ['by gzip', gzipSync(text), 'gzip'],
    ['by gzip, in capitals', gzipSync(text), ' GZIP '],
    ['by deflate', deflateSync(text), 'deflate'],
    ['by brotli', brotliCompressSync(text), 'br'],
    ['twice, one after the other', brotliCompressSync(gzipSync(text)), 'gzip, br'],
    ['twice, in two headers', brotliCompressSync(gzipSync(text)), ['gzip', 'br']],
    ['by a coding that is not known', Buffer.from(text), 'zebra'],
  ])('%s', async (_how, body, coding) => {
    const pieces = Array.from({ length: Math.ceil(body.length / 7) }, (_piece, i) => body.subarray(7 * i, 7 * i + 7));
    expect(await read(pieces, coding)).toBe(text);
  });

  test('is empty where a response to HEAD has the headers of GET', async () => {
    expect(await read([], 'gzip')).toBe('');
  });

  test.each([
    ['another than the header says', Buffer.from(text), 'Z_DATA_ERROR'],
    ['cut off', gzipSync(text).subarray(0, 20), 'Z_BUF_ERROR'],
  ])('is an error when it is %s', async (_what, body, code) => {
    await expect(read([body], 'gzip')).rejects.toMatchObject({ code });
  });

  test('is left as it came when it claims to be compressed over and over', async () => {
    expect(await read([Buffer.from('x')], Array<string>(500).fill('gzip').join(','))).toBe('x');
  });
});
