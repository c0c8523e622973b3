import { extname } from 'node:path';
import type { Request, Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import { readContents, removeContents, saveContents } from '../../content/file-contents.js';
import { writableFiles } from '../../content/writable-collections.js';
import { changeItems, createItems, removeItems } from '../../content/write-items.js';
import type { Who } from '../../query/filter/operands.js';
import type { Context } from '../../context.js';
import { answer, bodyOf } from '../../http/answer.js';
import { invalidPayload } from '../../http/errors.js';
import type { PathParameters, RouteTable } from '../../http/routes.js';
import { isUuid } from '../../ids.js';
import { onFirstUse } from '../../on-first-use.js';
import {
  answerList,
  answerOne,
  answerSearch,
  answerWritten,
  changeOne,
  changeSeveral,
  keysToRemove,
  viewOf,
  type Update,
} from '../../query/answer-records.js';
import { creatable, mustBeChangeable, mustBeRemovable } from '../../query/authorized.js';
import type { Item, Key } from '../../query/collection.js';
import { mustBeKey } from '../../query/keys.js';
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
        await removeFiles(context, keys, (await viewOf(context, response)).who);
        answer(response);
      },
    },
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
        const view = await viewOf(context, response);
        await mustBeRemovable(view, writableFiles, [key]);
        await removeFiles(context, [key], view.who);
        answer(response);
      },
    },
  };
}

/** Stores the files of a multipart body; from JSON what is known of one that is kept elsewhere. */
async function create(context: Context, request: Request, response: Response): Promise<void> {
  const view = await viewOf(context, response);
  if (!isMultipart(request)) {
    const input = creatable(view, writableFiles, bodyOf(request));
    if (input['type'] === undefined) throw invalidPayload('"type" is required');
    const keys = await createItems(context, [{ collection: writableFiles, inputs: [input] }], view.who, view);
    await answerWritten(context, keys, response, writableFiles, false);
    return;
  }
  // Nothing is read of what may not be stored.
  creatable(view, writableFiles, {});
  const { files } = await (await reader()).readUpload(request);
  if (files.length === 0) throw invalidPayload('No files were included in the body');
  const inputs: Item[] = [];
  for (const upload of files) {
    const fields = creatable(view, writableFiles, upload.fields);
    const id = isUuid(fields['id']) ? fields['id'] : context.random.uuid();
    const known = { uploaded_by: view.who.user, title: await titleOf(upload.filename) };
    inputs.push({ ...known, ...fields, ...toldOf(context, id, upload), id });
  }
  const keys = await createItems(context, [{ collection: writableFiles, inputs }], view.who, view);
  for (const [index, key] of keys.entries())
    await saveContents(context.store, String(key), files[index]?.bytes ?? Buffer.alloc(0));
  await answerWritten(context, keys, response, writableFiles, files.length > 1);
}

/** Replaces the contents of a file. */
async function replace(context: Context, request: Request<PathParameters>, response: Response): Promise<void> {
  const key = mustBeKey(writableFiles, request.params.id);
  const view = await viewOf(context, response);
  await mustBeChangeable(view, writableFiles, [{ key, input: {} }]);
  const { files, fields } = await (await reader()).readUpload(request);
  const [upload] = files;
  const given = upload?.fields ?? fields;
  const input = upload === undefined ? given : { ...given, ...toldOf(context, String(key), upload) };
  await mustBeChangeable(view, writableFiles, [{ key, input: given }]);
  await updateFiles(context, response)([{ key, input }]);
  const isThere = (await readContents(context.store, String(key))) !== undefined;
  if (upload !== undefined && isThere) await saveContents(context.store, String(key), upload.bytes);
  await answerWritten(context, [key], response, writableFiles, false);
}

/** What an upload tells of itself. */
const toldOf = ({ clock }: Context, id: string, { bytes, filename, type }: Upload): Item => {
  const now = new Date(clock.now()).toISOString();
  return {
    storage: 'local',
    filename_disk: `${id}${extname(filename)}`,
    filename_download: filename === '' ? id : filename,
    type,
    filesize: bytes.length,
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
export async function removeFiles(context: Context, keys: readonly Key[], who: Who): Promise<void> {
  const { store } = context;
  const gone = new Set<unknown>(keys);
  await removeItems(context, writableFiles, keys, who);
  for (const key of keys) await removeContents(store, String(key));
  for (const { id, avatar } of await store.users()) if (gone.has(avatar)) await store.updateUser(id, { avatar: null });
}
