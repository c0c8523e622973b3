import { extname } from 'node:path';
import type { Request, Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import { removeContents, saveContents } from '../../content/file-contents.js';
import { writableFiles } from '../../content/writable-collections.js';
import { removeItems } from '../../content/remove-items.js';
import { changeItems, createItems } from '../../content/write-items.js';
import type { Author } from '../../query/filter/operands.js';
import type { Context } from '../../context.js';
import { answer, bodyOf } from '../../http/answer.js';
import { checkedBody } from '../../http/checked-body.js';
import { forbidden, invalidPayload, unreachable } from '../../http/errors.js';
import type { PathParameters, RouteTable } from '../../http/routes.js';
import { isUuid } from '../../ids.js';
import { onFirstUse } from '../../on-first-use.js';
import {
  answerList,
  answerOne,
  answerSearch,
  answerWritten,
  authorOf,
  changeOne,
  changeSeveral,
  keysToRemove,
  viewOf,
  type Update,
} from '../../query/answer-records.js';
import { creatable, mayNot, mustBeChangeable, mustBeRemovable } from '../../query/authorized.js';
import type { Item, Key } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';
import { imageSize } from './image-size.js';
import { isMultipart, type Upload } from './read-upload.js';

const reader = onFirstUse(() => import('./read-upload.js'));
const titles = onFirstUse(() => import('@directus/format-title'));

/** /files: what is known of uploaded files, and uploads. Observed: Directus 12.4.1. */
export function filesRoutes(context: Context): RouteTable {
  return {
    '/files': {
      post: (request, response) => create(context, request, response),
      get: (_request, response) => answerList(context, response, writableFiles),
      search: (request, response) => answerSearch(context, request.body, response, writableFiles),
      patch: (request, response) =>
        changeSeveral(context, request.body, response, writableFiles, updateFiles(context, response)),
      delete: async (request, response) => {
        const keys = await keysToRemove(context, request.body, response, writableFiles);
        await removeFiles(context, keys, authorOf(response));
        answer(response);
      },
    },
    '/files/import': { post: (request, response) => rejectImport(context, request.body, response) },
    '/files/:id': {
      get: (request, response) => answerOne(context, request.params.id, response, writableFiles),
      patch: (request, response) =>
        isMultipart(request)
          ? replace(context, request, response)
          : changeOne(
              context,
              request.params.id,
              bodyOf(request),
              response,
              writableFiles,
              updateFiles(context, response),
            ),
      delete: async (request, response) => {
        const key = mustBeKey(writableFiles, request.params.id);
        await mustBeRemovable(await viewOf(context, response), writableFiles, [key]);
        await removeFiles(context, [key], authorOf(response));
        answer(response);
      },
    },
  };
}

/**
 * Rejects a file that is to be fetched: this server asks no other. A Directus answers so for an address that it cannot or may not reach,
 * as one of its own network. Observed: 12.4.1.
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN, 503 SERVICE_UNAVAILABLE
 */
async function rejectImport(context: Context, body: unknown, response: Response): Promise<never> {
  const { url } = await checkedBody<{ readonly url: string }>('importFile', body);
  const { access } = await viewOf(context, response);
  if (!access.may('create', writableFiles.name)) throw mayNot('create', writableFiles);
  throw unreachable(url);
}

/** Stores the files of a multipart body; from JSON what is known of one that is kept elsewhere. */
async function create(context: Context, request: Request, response: Response): Promise<void> {
  const view = await viewOf(context, response);
  // Nothing is read of what may not be stored.
  if (!view.access.may('create', writableFiles.name)) throw forbidden({ collection: writableFiles.name });
  if (!isMultipart(request)) {
    const given = bodyOf(request);
    if (given['type'] === undefined) throw invalidPayload('"type" is required');
    const input = creatable(view, writableFiles, given);
    const keys = await createItems(context, [{ collection: writableFiles, inputs: [input] }], view.who, view);
    await answerWritten(context, keys, response, writableFiles, false);
    return;
  }
  const files = await filesIn(request);
  const inputs: Item[] = [];
  for (const upload of files) {
    const id = uploadedId(context, upload.fields['id']);
    const named = namedBy(upload, id);
    const title = named['title'] ? named['title'] : await titleOf(upload.filename);
    const fields = creatable(view, writableFiles, { ...named, title });
    inputs.push({ uploaded_by: view.who.user, ...fields, ...toldOf(context, id, upload), id });
  }
  const keys = await createItems(context, [{ collection: writableFiles, inputs }], view.who, view);
  for (const [index, key] of keys.entries())
    await saveContents(context.store, String(key), files[index]?.bytes ?? Buffer.alloc(0));
  await answerWritten(context, keys, response, writableFiles, files.length > 1);
}

/** Replaces the contents of a file; where there is none of the id, one is created, of the id that the form gives. Observed: Directus 12.4.1. */
async function replace(context: Context, request: Request<PathParameters>, response: Response): Promise<void> {
  const key = mustBeKey(writableFiles, request.params.id);
  const view = await viewOf(context, response);
  // Nothing is read of what may not be stored.
  if (!['create', 'update'].some((action) => view.access.may(action as 'create' | 'update', writableFiles.name)))
    throw forbidden({ collection: writableFiles.name });
  const [upload] = await filesIn(request);
  if (upload === undefined) return;
  const isThere = (await view.records.raw(writableFiles, key)) !== undefined;
  const { id: given, ...fields } = upload.fields;
  const id = isThere ? String(key) : uploadedId(context, given);
  const named = namedBy({ ...upload, fields }, id);
  const told = toldOf(context, id, upload);
  if (isThere) {
    await mustBeChangeable(view, writableFiles, [{ key, input: fields }]);
    await updateFiles(context, response)([{ key, input: { ...named, ...told } }]);
  } else {
    const inputs = [{ uploaded_by: view.who.user, ...creatable(view, writableFiles, named), ...told, id }];
    await createItems(context, [{ collection: writableFiles, inputs }], view.who, view);
  }
  await saveContents(context.store, id, upload.bytes);
  // The file of the path is changed then, with nothing: where there is none still, that is rejected. Observed: Directus 12.4.1.
  await mustBeChangeable(await viewOf(context, response), writableFiles, [{ key, input: {} }]);
  if (id === key) await updateFiles(context, response)([{ key, input: {} }]);
  await answerWritten(context, [key], response, writableFiles, false);
}

/**
 * The id that a form gives to a file, or a fresh one.
 * @throws ApiError 403 FORBIDDEN for one that can be none. Observed: Directus 12.4.1.
 */
function uploadedId({ random }: Context, given: unknown): string {
  if (given !== undefined && given !== null && given !== '' && !isUuid(given)) throw forbidden();
  return isUuid(given) ? given : random.uuid();
}

/** @throws ApiError 400 INVALID_PAYLOAD where there is none */
async function filesIn(request: Request): Promise<readonly Upload[]> {
  const files = await (await reader()).readUpload(request);
  if (files.length === 0) throw invalidPayload('No files were included in the body');
  return files;
}

/** What is said of a file: what the form says, and what the upload tells of itself. Observed: Directus 12.4.1. */
function namedBy({ fields, filename, type }: Upload, id: string): Item {
  const download = fields['filename_download'] ? fields['filename_download'] : filename === '' ? id : filename;
  return { ...fields, storage: 'local', filename_download: download, type };
}

/** What the server knows of the contents. */
const toldOf = ({ clock }: Context, id: string, { bytes, filename }: Upload): Item => {
  const now = new Date(clock.now()).toISOString();
  return {
    filename_disk: `${id}${extname(filename)}`,
    filesize: bytes.length,
    ...imageSize(bytes),
    modified_on: now,
    uploaded_on: now,
  };
};

/** `A B` of `a_b.txt`. */
async function titleOf(filename: string): Promise<string> {
  const name = filename.slice(0, filename.length - extname(filename).length);
  return (await titles()).default(name);
}

/** Changes what is known of files, and notes when and by whose request. */
export const updateFiles =
  (context: Context, response: Response): Update =>
  async (changes) => {
    const view = await viewOf(context, response);
    const modified = {
      modified_by: identityOf(response).user,
      modified_on: new Date(context.clock.now()).toISOString(),
    };
    const complete = changes.map(({ key, input }) => ({ key, input: { ...input, ...modified } }));
    await changeItems(context, writableFiles, complete, view.who, view);
  };

/** Removes files, with their contents; users whose picture one was have none from then on. */
export async function removeFiles(context: Context, keys: readonly Key[], by: Author): Promise<void> {
  const { store } = context;
  const gone = new Set<unknown>(keys);
  await removeItems(context, writableFiles, keys, by);
  for (const key of keys) await removeContents(store, String(key));
  for (const { id, avatar } of await store.users()) if (gone.has(avatar)) await store.updateUser(id, { avatar: null });
}
