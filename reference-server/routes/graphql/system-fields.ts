import type { Request, Response } from 'express';
import { identityOf, requireUser } from '../../auth/authenticate.js';
import { contentOf } from '../../content/content-model.js';
import { writableNamed } from '../../content/writable-collections.js';
import type { Context } from '../../context.js';
import { forbidden, invalidCredentials } from '../../http/errors.js';
import { viewOf } from '../../query/answer-records.js';
import { roles, systemCollections, users, type Item } from '../../query/collection.js';
import { settings } from '../../query/collections/settings.js';
import { narrowed } from '../../query/narrowed.js';
import { toldSchema } from '../../schema/told-schema.js';
import { acceptInvitation, invite } from '../by-email/invitations.js';
import { register, verifyRegistration } from '../by-email/registration.js';
import { description } from '../specs.js';
import { graphqlSdl } from './graphql-sdl.js';
import { serverHealth, serverInfo } from '../server.js';
import { readLength } from '../utils.js';
import { randomString } from '../../random.js';
import { sortItems } from '../sorting.js';
import { changeSettings, readSettings } from '../settings.js';
import { disableSecret, enableSecret, generateSecret } from '../two-factor.js';
import { writerOf } from '../writer.js';
import { resolversOf, type Resolvers } from './collection-resolvers.js';
import { linked } from './graphql-records.js';

type Given<Members> = (given: Members) => unknown;

/** What the queries and mutations about users, settings, the schema and the collections of the system do. Observed: Directus 12.4.1. */
export async function systemFields(context: Context, request: Request, response: Response): Promise<Resolvers> {
  const content = await contentOf(context.store);
  const fields: Record<string, unknown> = {};
  for (const each of systemCollections) {
    const collection = writableNamed(content, each.name) ?? each;
    const name = each.name.slice('directus_'.length);
    Object.assign(fields, resolversOf(context, response, content, collection, name));
  }
  return {
    ...fields,
    ...own(context, request, response),
    ...byEmail(context, response),
    ...schema(context),
  } as Resolvers;
}

/** The own record, the second factor, the settings, and the server. */
function own(context: Context, request: Request, response: Response): object {
  const record = async (id: string): Promise<Item | null> => {
    const { access, records, who } = await viewOf(context, response);
    const [item] = await records.named(users, [id]);
    return item === undefined ? null : linked(records, narrowed(users, access), item, who);
  };
  const settingsWithLinks = async (): Promise<Item> => {
    const { records, who } = await viewOf(context, response);
    return linked(records, settings, (await readSettings(context, response, ['*'])) as Item, who);
  };
  const done = async (work: Promise<void>): Promise<boolean> => {
    await work;
    return true;
  };
  return {
    // Where everybody may read users, a request without a token is told of none. Observed: Directus 11.17.4.
    users_me: () => {
      const { user } = identityOf(response);
      return user === null ? null : record(user);
    },
    update_users_me: (async ({ data }) => {
      const id = requireUser(response);
      const writer = writerOf(context, response, await contentOf(context.store), users);
      await writer.change([{ key: id, input: structuredClone(data) }]);
      return record(id);
    }) satisfies Given<{ data: Item }>,
    roles_me: async () => {
      const { role } = identityOf(response);
      const { access, records, who } = await viewOf(context, response);
      return (await records.named(roles, [role])).map((item) => linked(records, narrowed(roles, access), item, who));
    },
    // Where there is no user there is no answer either. Observed: Directus 12.4.1.
    users_me_tfa_generate: async (given: Item) => {
      const { user } = identityOf(response);
      if (user === null) return null;
      // Of one who has been removed there is no password, unlike by the route. Observed: Directus 12.4.1.
      if ((await context.store.user(user)) === undefined) throw invalidCredentials();
      return generateSecret(context, given, response);
    },
    // Without a user there is nothing, and no error. Observed: Directus 12.4.1.
    users_me_tfa_enable: (given: Item) =>
      identityOf(response).user === null ? null : done(enableSecret(context, given, response)),
    users_me_tfa_disable: (given: Item) =>
      identityOf(response).user === null ? null : done(disableSecret(context, given, response)),
    server_info: () => serverInfo(context, identityOf(response)),
    server_health: async () => (await serverHealth(context, request, identityOf(response))).told,
    utils_random_string: ({ length }: { length?: number | null }) =>
      randomString(context.random, readLength(length ?? 32)),
    server_specs_oas: () => description(context, request),
    server_specs_graphql: ({ scope }: { scope?: 'items' | 'system' | null }) =>
      graphqlSdl(context, response, scope ?? 'items'),
    extensions: () => [],
    settings: () => settingsWithLinks(),
    update_settings: (async ({ data }) => {
      if (!identityOf(response).admin) throw forbidden();
      await changeSettings(context, structuredClone(data));
      return settingsWithLinks();
    }) satisfies Given<{ data: Item }>,
    utils_sort: ({ collection, ...given }: Item) => done(sortItems(context, String(collection), given, response)),
    utils_cache_clear: () => {
      if (!identityOf(response).admin) throw forbidden();
      return null;
    },
  };
}

/** Registrations and invitations. */
function byEmail(context: Context, response: Response): object {
  return {
    users_register: async (given: Item) => {
      await register(context, structuredClone(given), response, () => undefined);
      return true;
    },
    users_register_verify: (async ({ token }) => {
      await verifyRegistration(context, token);
      return true;
    }) satisfies Given<{ token: string }>,
    users_invite: async (given: Item) => {
      await invite(context, response, structuredClone(given));
      return true;
    },
    users_invite_accept: (async ({ token, password }) => {
      await acceptInvitation(context, token, password);
      return true;
    }) satisfies Given<{ token: string; password: string }>,
  };
}

/** What collections there are, their fields and relations. */
function schema(context: Context): object {
  const seen = (): ReturnType<typeof toldSchema> => toldSchema(context);
  const found = <Told>(one: Told | undefined): Told => {
    if (one === undefined) throw forbidden();
    return one;
  };
  return {
    collections: async () => (await seen()).collections,
    collections_by_name: (async ({ name }) =>
      found((await seen()).collections.find((one) => one.collection === name))) satisfies Given<{ name: string }>,
    fields: async () => (await seen()).fields,
    fields_in_collection: (async ({ collection }) =>
      (await seen()).fields.filter((one) => one.collection === collection)) satisfies Given<{ collection: string }>,
    fields_by_name: (async ({ collection, field }) =>
      found(
        (await seen()).fields.find((one) => one.collection === collection && one.field === field),
      )) satisfies Given<Named>,
    relations: async () => (await seen()).relations,
    relations_in_collection: (async ({ collection }) =>
      (await seen()).relations.filter((one) => one.collection === collection)) satisfies Given<{ collection: string }>,
    relations_by_name: (async ({ collection, field }) =>
      found(
        (await seen()).relations.find((one) => one.collection === collection && one.field === field),
      )) satisfies Given<Named>,
  };
}

interface Named {
  readonly collection: string;
  readonly field: string;
}
