import type { Response } from 'express';
import { writableNamed } from '../content/writable-collections.js';
import type { Content } from '../content/content-model.js';
import { removeItems } from '../content/remove-items.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { forbidden } from '../http/errors.js';
import { authorOf, requireAdmin, viewOf } from '../query/answer-records.js';
import { creatable, mustBeChangeable, mustBeRemovable, type Change } from '../query/authorized.js';
import { access, type Collection, type Item, type Key } from '../query/collection.js';
import { removeFiles, updateFiles } from './files/files.js';
import { changePolicies, createPolicies, removePolicies } from './policies.js';
import { createRoles, removeRoles, updateRoles } from './roles.js';
import { createUsers, removeUsers, updates } from './users.js';

/** Writes the records of a collection, whichever it is, as far as a request may. */
export interface Writer {
  /**
   * Creates records, all or none.
   * @returns their keys
   * @throws ApiError
   */
  create(inputs: readonly Item[]): Promise<readonly Key[]>;
  /** @throws ApiError */
  change(changes: readonly Change[]): Promise<void>;
  /** @throws ApiError */
  remove(keys: readonly Key[]): Promise<void>;
}

/** What each collection of the system does beside the checks that all have in common. */
function ownWriter(context: Context, response: Response, content: Content, name: string): Writer {
  const collection = writableNamed(content, name);
  switch (name) {
    case 'directus_users':
      return {
        create: (inputs) => createUsers(context, inputs, response, inputs.length > 1),
        change: updates(context, response),
        remove: (keys) => removeUsers(context, keys, authorOf(response)),
      };
    case 'directus_roles':
      return {
        create: (inputs) => createRoles(context, inputs, response),
        change: (changes) => updateRoles(context, response, changes),
        remove: async (keys) => {
          requireAdmin(response, access.name);
          await removeRoles(context, keys, authorOf(response));
        },
      };
    default:
  }
  if (collection === undefined) throw forbidden({ collection: name });
  if (['directus_policies', 'directus_access', 'directus_permissions'].includes(name))
    return {
      create: (inputs) => createPolicies(context, collection, inputs, response),
      change: (changes) => changePolicies(context, collection, changes, response),
      remove: (keys) => removePolicies(context, collection, keys, authorOf(response)),
    };
  const isFile = name === 'directus_files';
  return {
    create: async (given) => {
      const view = await viewOf(context, response);
      const inputs = given.map((input) => creatable(view, collection, input));
      return createItems(context, [{ collection, inputs }], view.who, view);
    },
    change: async (changes) => {
      const view = await viewOf(context, response);
      if (isFile) await updateFiles(context, response)(changes);
      else await changeItems(context, collection, changes, view.who, view);
    },
    remove: (keys) =>
      isFile
        ? removeFiles(context, keys, authorOf(response))
        : removeItems(context, collection, keys, authorOf(response)),
  };
}

/** @throws ApiError 403 FORBIDDEN for a collection that is not written here */
export function writerOf(context: Context, response: Response, content: Content, collection: Collection): Writer {
  const own = ownWriter(context, response, content, collection.name);
  return {
    create: (inputs) => own.create(inputs),
    change: async (changes) => {
      await mustBeChangeable(await viewOf(context, response), collection, changes, changes[0]?.input ?? {});
      await own.change(changes);
    },
    remove: async (keys) => {
      await mustBeRemovable(await viewOf(context, response), collection, keys);
      await own.remove(keys);
    },
  };
}
