import contentDisposition from 'content-disposition';
import type { Request, Response } from 'express';
import { readContents } from '../../content/file-contents.js';
import { writableFiles } from '../../content/writable-collections.js';
import type { Context } from '../../context.js';
import { ApiError, forbidden } from '../../http/errors.js';
import type { PathParameters, RouteTable } from '../../http/routes.js';
import { found } from '../../query/answer-records.js';
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
  // The name may end as that of a file: ID.txt.
  const key = mustBeKey(writableFiles, request.params.id.replace(/\.\w+$/, ''));
  const fields = ['id', 'filename_download', 'type', 'modified_on'];
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
    Vary: 'Origin, Cache-Control',
  });
  if (!Number.isNaN(modified.getTime()))
    response.set({ 'Last-Modified': modified.toUTCString(), ETag: `"${modified.getTime() / 1000}"` });
  const ranges = request.range(bytes.length);
  if (ranges === -1) throw rangeNotSatisfiable(response, bytes.length);
  const [range] = Array.isArray(ranges) && ranges.type === 'bytes' ? ranges : [];
  if (range === undefined) {
    response.send(bytes);
    return;
  }
  response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${bytes.length}`);
  response.send(bytes.subarray(range.start, range.end + 1));
}

/** 416: the file has no such part (RFC 9110 section 15.5.17). */
function rangeNotSatisfiable(response: Response, size: number): ApiError {
  for (const name of ['Content-Type', 'Content-Disposition', 'Cache-Control', 'ETag', 'Last-Modified'])
    response.removeHeader(name);
  response.set('Content-Range', `bytes */${size}`);
  return new ApiError(416, 'RANGE_NOT_SATISFIABLE', 'The range is invalid or beyond the end of the file.');
}
