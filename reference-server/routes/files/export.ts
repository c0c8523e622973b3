import type { Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import { contentOf } from '../../content/content-model.js';
import { saveContents } from '../../content/file-contents.js';
import { writableFiles } from '../../content/writable-collections.js';
import { createItems } from '../../content/write-items.js';
import type { Context } from '../../context.js';
import { forbidden, invalidPayload } from '../../http/errors.js';
import { csvOf, exportTypes, stampOf } from '../../http/exported.js';
import { textOf } from '../../http/loose-values.js';
import { listed, viewOf } from '../../query/answer-records.js';
import { checkedQuery } from '../../query/checked-query.js';
import type { Item } from '../../query/collection.js';
import { membersOf } from '../../schema/defined-field.js';

/**
 * Stores items as a file, as POST /utils/export/:collection asks for it: as JSON or CSV. Observed: Directus 12.4.1, which writes XML and
 * YAML too, and tells when the file is ready by a notification.
 *
 * @param given `query`, `format` and `file`, members of the file
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function exportItems(context: Context, name: string, given: Item, response: Response): Promise<void> {
  const { query, format: named, file } = given;
  if (query === undefined) throw invalidPayload('"query" is required');
  if (named === undefined) throw invalidPayload('"format" is required');
  const format = textOf(named);
  const type = exportTypes.get(format);
  if (type === undefined) throw invalidPayload(`"format" "${format}" is not there: use json or csv`);
  const collection = (await contentOf(context.store)).get(name);
  if (collection === undefined) throw forbidden({ collection: name });
  const { data } = await listed(context, response, collection, await checkedQuery({ limit: -1, ...membersOf(query) }));
  const text = format === 'json' ? JSON.stringify(data) : csvOf(data as readonly Item[]);
  const bytes = Buffer.from(text);
  const { who } = await viewOf(context, response);
  const title = `export-${name}-${stampOf(who.now)}`;
  const told = {
    title,
    storage: 'local',
    filename_download: `${title}.${format}`,
    type,
    filesize: bytes.length,
    uploaded_by: identityOf(response).user,
    uploaded_on: new Date(who.now).toISOString(),
    ...membersOf(file),
  };
  const [key] = await createItems(context, [{ collection: writableFiles, inputs: [told] }], who);
  await saveContents(context.store, String(key), bytes);
}
