import type { Request, Response } from 'express';
import type { ContentCollection } from '../../content/content-model.js';
import { importItems } from '../../content/write-items.js';
import type { Context } from '../../context.js';
import { invalidPayload, unsupportedMedia } from '../../http/errors.js';
import { isDeeperThan, DEEPEST } from '../../http/guard/nesting.js';
import type { PathParameters } from '../../http/routes.js';
import { onFirstUse } from '../../on-first-use.js';
import { viewOf } from '../../query/answer-records.js';
import { mayNot } from '../../query/authorized.js';
import { membersOf } from '../../schema/defined-field.js';
import { isMultipart } from './read-upload.js';

const reader = onFirstUse(() => import('./read-upload.js'));
const csvReader = onFirstUse(() => import('./read-csv.js'));

/**
 * Writes the items of a file of JSON or CSV, as POST /utils/import/:collection asks for it: those whose keys there are are changed, the others
 * created, all or none. Observed: Directus 12.4.1.
 *
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN, 413 CONTENT_TOO_LARGE, 415 UNSUPPORTED_MEDIA_TYPE, and as createItems
 */
export async function importFile(
  context: Context,
  collection: ContentCollection,
  request: Request<PathParameters>,
  response: Response,
): Promise<void> {
  if (!isMultipart(request)) throw unsupportedMedia('unknown', 'Content-Type header');
  const view = await viewOf(context, response);
  for (const action of ['create', 'update'] as const)
    if (!view.access.may(action, collection.name)) throw mayNot(action, collection);
  const [file] = await (await reader()).readUpload(request);
  if (file === undefined) throw invalidPayload('No files were included in the body');
  if (file.type !== 'text/csv' && file.type !== 'application/json') throw unsupportedMedia(file.type, 'file import');
  const items =
    file.type === 'text/csv' ? (await csvReader()).itemsInCsv(file.bytes.toString('utf8')) : itemsIn(file.bytes);
  if (isDeeperThan(items, DEEPEST)) throw invalidPayload('The items are nested too deeply');
  await importItems(context, collection, items, view);
}

/** @throws ApiError 400 INVALID_PAYLOAD for what is no list */
function itemsIn(bytes: Buffer): readonly ReturnType<typeof membersOf>[] {
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalidPayload('Parser cannot parse input: expected a value');
  }
  if (!Array.isArray(read)) throw invalidPayload('Top-level object should be an array.');
  return (read as unknown[]).map(membersOf);
}
