import contentDisposition from 'content-disposition';
import type { Request, Response } from 'express';
import { readContents } from '../../content/file-contents.js';
import { writableFiles } from '../../content/writable-collections.js';
import { projectSettings, type Context } from '../../context.js';
import { ApiError, forbidden, invalidQuery } from '../../http/errors.js';
import type { PathParameters, RouteTable } from '../../http/routes.js';
import { found, viewOf } from '../../query/answer-records.js';
import { mayNot } from '../../query/authorized.js';
import type { Key } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';

/** A media type without parameters (RFC 9110 section 8.3.1). */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** For how long a client may keep a file, in s. Observed: Directus 12.4.1. */
const MAX_AGE_S = 2_592_000;

/** /assets: the contents of uploaded files, for those who may read the file. Images are not transformed. Observed: Directus 12.4.1. */
export function assetsRoutes(context: Context): RouteTable {
  return {
    '/assets/:id': { get: (request, response) => download(context, request, response) },
    '/assets/:id/:filename': { get: (request, response) => download(context, request, response) },
  };
}

interface File {
  readonly id: string;
  readonly filename_download: string;
  readonly type: string | null;
  readonly modified_on: string | null;
}

async function download(context: Context, request: Request<PathParameters>, response: Response): Promise<void> {
  const preset = await presetOf(context, request.query['key']);
  // The name may end as that of a file: ID.txt.
  const key = mustBeKey(writableFiles, request.params.id.replace(/\.\w+$/, ''));
  // The format is chosen by what the client accepts then. Observed: Directus 12.4.1.
  const byAccept = (request.query['format'] ?? preset?.format) === 'auto';
  const fields = ['id', 'filename_download', 'type', 'modified_on'];
  await mustBeReadable(context, response, key);
  const file = (await found(context, key, response, writableFiles, { fields })) as File;
  const bytes = await readContents(context.store, String(key));
  if (bytes === undefined) throw forbidden();
  const modified = new Date(`${file.modified_on ?? ''}Z`);
  const type = file.type ?? '';
  const asAttachment = request.query['download'] !== undefined;
  // As it was given, without a charset. What is a page runs no scripts: the policy of every answer forbids them.
  response.setHeader('Content-Type', MEDIA_TYPE.test(type) ? type : 'application/octet-stream');
  response.set({
    'Content-Disposition': contentDisposition(request.params.filename ?? file.filename_download, {
      type: asAttachment ? 'attachment' : 'inline',
    }),
    'Accept-Ranges': 'bytes',
    'Cache-Control': `private, max-age=${MAX_AGE_S}`,
    Vary: byAccept ? 'Origin, Cache-Control, Accept' : 'Origin, Cache-Control',
  });
  if (!Number.isNaN(modified.getTime()))
    response.set({ 'Last-Modified': modified.toUTCString(), ETag: `"${modified.getTime() / 1000}"` });
  const ranges = request.range(bytes.length);
  if (ranges === -1) throw rangeNotSatisfiable(response, request.headers.range ?? '');
  const [range] = Array.isArray(ranges) && ranges.type === 'bytes' ? ranges : [];
  if (range === undefined) {
    response.send(bytes);
    return;
  }
  response.set('Content-Range', `bytes ${range.start}-${range.end}/${bytes.length}`);
  // A HEAD is answered as of the whole. Observed: Directus 12.4.1.
  if (request.method === 'HEAD') response.send(bytes);
  else response.status(206).send(bytes.subarray(range.start, range.end + 1));
}

/** Transformations by a key that there are without being configured. Observed: Directus 12.4.1. */
const OF_SYSTEM = /^system-(?:small|medium|large)-(?:cover|contain)$/;

/** What is to be made of an image, of which the reference server knows the name and the format alone. */
interface Preset {
  readonly key?: unknown;
  readonly format?: unknown;
}

/**
 * The preset of a transformation, which is not made; undefined where none is asked for.
 * @throws ApiError 400 INVALID_QUERY for a key that is not configured
 */
async function presetOf(context: Context, key: unknown): Promise<Preset | undefined> {
  if (typeof key !== 'string') return undefined;
  if (OF_SYSTEM.test(key)) return { key, format: 'auto' };
  const { storage_asset_presets: presets } = await projectSettings(context);
  const known = (Array.isArray(presets) ? presets : []) as readonly (Preset | null)[];
  const configured = known.find((one) => one?.key === key);
  if (!configured) throw invalidQuery(`Key "${key}" isn't configured`);
  return configured;
}

/**
 * Checks that a file may be read. Others than administrators are told so in other words than of a record. Observed: Directus 12.4.1.
 * @throws ApiError 403 FORBIDDEN
 */
async function mustBeReadable(context: Context, response: Response, key: Key): Promise<void> {
  const { access, records } = await viewOf(context, response);
  if (access.isFull || !access.may('read', writableFiles.name)) return;
  if ((await records.named(writableFiles, [key])).length === 0) throw mayNot('read', writableFiles);
}

/** 416: the file has no such part (RFC 9110 section 15.5.17). Observed: Directus 12.4.1. */
function rangeNotSatisfiable(response: Response, asked: string): ApiError {
  for (const name of ['Content-Type', 'Content-Disposition', 'Cache-Control', 'ETag', 'Last-Modified', 'Accept-Ranges'])
    response.removeHeader(name);
  response.set('Vary', 'Origin');
  const [, start = '', end = ''] = /=\s*(\d*)-(\d*)/.exec(asked) ?? [];
  const range = { ...(start !== '' && { start: Number(start) }), ...(end !== '' && { end: Number(end) }) };
  const message = `Range "${start}-${end}" is invalid or the file's size doesn't match the requested range.`;
  return new ApiError(416, 'RANGE_NOT_SATISFIABLE', message, { range });
}
