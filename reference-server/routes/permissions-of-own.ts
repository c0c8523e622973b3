import type { Response } from 'express';
import { identityOf } from '../auth/authenticate.js';
import { contentOf } from '../content/content-model.js';
import { knownCollection } from '../content/writable-collections.js';
import type { Context } from '../context.js';
import { forbidden } from '../http/errors.js';
import type { Access, Action } from '../query/access.js';
import { viewOf } from '../query/answer-records.js';
import { systemCollections, type Item } from '../query/collection.js';
import { dynamicValue, type Who } from '../query/filter/operands.js';
import { isKey, mustBeKey } from '../query/keys.js';

/** The actions in the order in which they are told, to administrators and to others. Observed: Directus 12.4.1. */
const OF_ADMINISTRATORS = ['create', 'read', 'update', 'delete', 'share'];
const ACTIONS: readonly Action[] = ['read', 'create', 'update', 'delete'];

/** What GET /permissions/me tells: by collection and action, how far the access goes. Observed: Directus 12.4.1. */
export async function permissionsOf({ store }: Context, access: Access, who: Who): Promise<Item> {
  if (access.isFull) {
    const names = [...(await contentOf(store)).keys(), ...systemCollections.map(({ name }) => name)];
    const full = Object.fromEntries(OF_ADMINISTRATORS.map((action) => [action, { access: 'full', fields: ['*'] }]));
    return Object.fromEntries(names.map((name) => [name, full]));
  }
  const told = new Set(access.permissions.map(({ collection }) => collection));
  return Object.fromEntries(
    [...told].map((name) => [
      name,
      {
        ...Object.fromEntries(ACTIONS.map((action) => [action, reach(access, action, name, who)])),
        share: { access: 'none' },
      },
    ]),
  );
}

function reach(access: Access, action: Action, collection: string, who: Who): Item {
  const permissions = access.to(action, collection);
  if (permissions.length === 0) return { access: 'none' };
  const isPartial = permissions.some(({ permissions: filter }) => Object.keys(filter ?? {}).length > 0);
  const named = permissions.filter(({ fields }) => fields !== null);
  const fields = [...new Set(named.flatMap((each) => each.fields ?? []))];
  const presets = Object.assign({}, ...permissions.map((each) => each.presets ?? {})) as Item;
  const preset = Object.entries(presets).map(([field, value]) => [field, dynamicValue(value, who)]);
  return {
    access: isPartial ? 'partial' : 'full',
    ...(named.length > 0 && { fields: fields.includes('*') ? ['*'] : fields }),
    ...(preset.length > 0 && { presets: Object.fromEntries(preset) as Item }),
  };
}

/**
 * What GET /permissions/me/articles/1 tells: what may be done with a record, or with those of a collection. Observed: Directus 12.4.1.
 * @throws ApiError 403 FORBIDDEN without a user
 */
export async function rightsTo(
  context: Context,
  response: Response,
  name: string,
  id: string | undefined,
): Promise<Item> {
  if (identityOf(response).user === null) throw forbidden();
  const { access, records, who } = await viewOf(context, response);
  const content = await contentOf(context.store);
  const collection = knownCollection(content, name);
  const isSingleton = content.get(name)?.singleton === true;
  // What is not there yet is created.
  const change = isSingleton && (await context.store.items(name)).length === 0 ? 'create' : 'update';
  const mayDo = async (action: 'create' | 'update' | 'delete'): Promise<boolean> => {
    if (access.isFull) return true;
    const permissions = access.to(action, name);
    if (permissions.length === 0 || collection === undefined) return false;
    if (id === undefined) return true;
    // What can be no key names none.
    const item = isKey(collection, id) ? await records.raw(collection, mustBeKey(collection, id)) : undefined;
    return item !== undefined && (await records.permitting(permissions, collection, item)).length > 0;
  };
  const isChangeable = await mayDo(change);
  const { fields = [], presets = {} } = reach(access, change, name, who);
  const told = isSingleton && isChangeable && !access.isFull ? { fields, presets } : {};
  return {
    update: { access: isChangeable, ...told },
    delete: { access: await mayDo('delete') },
    share: { access: access.isFull },
  };
}
