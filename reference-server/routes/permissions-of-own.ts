import { contentOf } from '../content/content-model.js';
import type { Context } from '../context.js';
import { dynamicValue, type Who } from '../query/filter/operands.js';
import type { Access, Action } from '../query/access.js';
import type { Item } from '../query/collection.js';

/** The actions in the order in which they are told, to administrators and to others. Observed: Directus 11.17.4. */
const OF_ADMINISTRATORS = ['create', 'read', 'update', 'delete', 'share'];
const ACTIONS: readonly Action[] = ['read', 'create', 'update', 'delete'];

/** What GET /permissions/me tells: by collection and action, how far the access goes. Observed: Directus 11.17.4. */
export async function permissionsOf({ store }: Context, access: Access, who: Who): Promise<Item> {
  const names = [...(await contentOf(store)).keys(), 'directus_users', 'directus_roles'];
  if (access.isFull) {
    const full = Object.fromEntries(OF_ADMINISTRATORS.map((action) => [action, { access: 'full', fields: ['*'] }]));
    return Object.fromEntries(names.map((name) => [name, full]));
  }
  const told = names.filter((name) => ACTIONS.some((action) => access.may(action, name)));
  return Object.fromEntries(
    told.map((name) => [
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
  const isFull = permissions.some(({ permissions: filter }) => Object.keys(filter ?? {}).length === 0);
  const fields = [...new Set(permissions.flatMap((each) => each.fields ?? []))];
  const presets = Object.assign({}, ...permissions.map((each) => each.presets ?? {})) as Item;
  const preset = Object.entries(presets).map(([field, value]) => [field, dynamicValue(value, who)]);
  return {
    access: isFull ? 'full' : 'partial',
    ...(action !== 'delete' && { fields: fields.includes('*') ? ['*'] : fields }),
    ...(preset.length > 0 && { presets: Object.fromEntries(preset) as Item }),
  };
}
