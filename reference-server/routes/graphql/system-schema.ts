import { buildSchema, type GraphQLSchema } from 'graphql';
import { writableNamed } from '../../content/writable-collections.js';
import type { Access, Action } from '../../query/access.js';
import { systemCollection, systemCollections, type Collection, type Item } from '../../query/collection.js';
import { settings } from '../../query/collections/settings.js';
import { COLLECTION_META, FIELD_META, FIELD_SCHEMA, RELATION_META } from '../../schema/members.js';
import { partsOf, SHARED_TYPES, type Asked } from './collection-types.js';

/*
 * The schema of /graphql/system. Names observed: Directus 12.4.1.
 */

const FOR_EVERYBODY = {
  queries: `
    server_specs_oas: JSON server_specs_graphql(scope: graphql_sdl_scope): String server_ping: String server_info: server_info
    server_health: JSON
  `,
  mutations: `
    auth_login(email: String!, password: String!, mode: auth_mode, otp: String): auth_tokens
    auth_refresh(refresh_token: String, mode: auth_mode): auth_tokens
    auth_logout(refresh_token: String, mode: auth_mode): Boolean
    auth_password_request(email: String!, reset_url: String): Boolean
    auth_password_reset(token: String!, password: String!): Boolean
    users_me_tfa_generate(password: String!): users_me_tfa_generate_data
    users_me_tfa_enable(otp: String!, secret: String!): Boolean
    users_me_tfa_disable(otp: String!): Boolean
    utils_random_string(length: Int): String
    utils_sort(collection: String!, item: ID!, to: ID!): Boolean
    utils_cache_clear: Void
    users_invite_accept(token: String!, password: String!): Boolean
    users_register(email: String!, password: String!, verification_url: String, first_name: String, last_name: String): Boolean
    users_register_verify(token: String!): Boolean
  `,
  types: `
    enum auth_mode { json cookie session }
    enum graphql_sdl_scope { items system }
    type auth_tokens { access_token: String expires: String refresh_token: String }
    type users_me_tfa_generate_data { secret: String otpauth_url: String }
    type server_info { project: server_info_project license: server_info_license }
    type server_info_project {
      project_name: String project_descriptor: String project_logo: String project_color: String default_language: String
      public_foreground: String public_background: String public_note: String custom_css: String
      public_registration: Boolean public_registration_verify_email: Boolean
    }
    type server_info_license { source: String entitlements: server_info_license_entitlements }
    type server_info_license_entitlements {
      production_enabled: Boolean ai_translations_enabled: Boolean display_powered_by: String
    }
  `,
};

/** What of the server is told to users alone. */
const FOR_USERS = `
  extend type server_info {
    rateLimit: Boolean rateLimitGlobal: Boolean websocket: server_info_websocket queryLimit: server_info_query_limit
  }
  type server_info_websocket {
    rest: server_info_websocket_place graphql: server_info_websocket_place heartbeat: Int
  }
  type server_info_websocket_place { authentication: String path: String }
  type server_info_query_limit { default: Int max: Int }
`;

const scalars = (members: Item, type = 'JSON'): string =>
  Object.keys(members)
    .map((name) => `${name}: ${type}`)
    .join(' ');

/** Beside the collections: queries and mutations of those who may do something with the records of one. */
const BESIDE: readonly {
  readonly action: Action;
  readonly of: string;
  readonly query?: string;
  readonly mutation?: string;
}[] = [
  { action: 'read', of: 'directus_users', query: 'users_me: directus_users' },
  { action: 'read', of: 'directus_roles', query: 'roles_me: [directus_roles]' },
  {
    action: 'read',
    of: 'directus_collections',
    query: 'collections: [directus_collections!]! collections_by_name(name: String!): directus_collections',
  },
  {
    action: 'read',
    of: 'directus_fields',
    query: `fields: [directus_fields!]! fields_in_collection(collection: String!): [directus_fields!]!
      fields_by_name(collection: String!, field: String!): directus_fields`,
  },
  {
    action: 'read',
    of: 'directus_relations',
    query: `relations: [directus_relations!]! relations_in_collection(collection: String!): [directus_relations!]!
      relations_by_name(collection: String!, field: String!): directus_relations`,
  },
  {
    action: 'update',
    of: 'directus_users',
    mutation: 'update_users_me(data: update_directus_users_input): directus_users',
  },
  {
    action: 'create',
    of: 'directus_users',
    mutation: 'users_invite(email: String!, role: String!, invite_url: String): Boolean',
  },
];

/** For administrators alone. */
const EXTENSIONS = 'extensions: [directus_extensions!]!';

/** What the schema consists of. */
const SCHEMA_TYPES = `
    type directus_collections { collection: String meta: directus_collections_meta schema: directus_collections_schema }
    type directus_collections_meta { collection: String! ${scalars(COLLECTION_META)} }
    type directus_collections_schema { name: String comment: String }
    type directus_fields { collection: String field: String type: String meta: directus_fields_meta schema: directus_fields_schema }
    type directus_fields_meta { id: Int collection: String! field: String! ${scalars(FIELD_META)} }
    type directus_fields_schema { name: String table: String ${scalars(FIELD_SCHEMA)} }
    type directus_relations {
      collection: String field: String related_collection: String schema: directus_relations_schema
      meta: directus_relations_meta
    }
    type directus_relations_meta {
      id: Int many_collection: String many_field: String one_collection: String ${scalars(RELATION_META)}
    }
    type directus_relations_schema {
      table: String column: String foreign_key_table: String foreign_key_column: String constraint_name: String
      on_update: String on_delete: String
    }
    type directus_extensions { name: String! }
  `;

/** Collections whose records are read here, and not written. */
const READ_ONLY = new Set(
  ['flows', 'operations', 'versions', 'shares', 'activity', 'revisions'].map((name) => `directus_${name}`),
);

const asked = systemCollections.map(({ name }): Asked => ({
  collection: writableNamed(new Map(), name) ?? (systemCollection(name) as Collection),
  name: name.slice('directus_'.length),
  isReadOnly: READ_ONLY.has(name),
}));

const ofSettings: Asked = { collection: settings, name: 'settings', isSingleton: true };

/** The schemas of most requests: of administrators, and of those who may do nothing with what is the system's. */
const schemas = new Map<'all' | 'none' | 'public', GraphQLSchema>();

/**
 * The schema that an access sees. Users without rights do not even see that there are users.
 * @param isOfUser true where a user asks
 */
export function systemGraphqlSchema(access: Access, isOfUser: boolean): GraphQLSchema {
  const isSome = [...asked, ofSettings].some(({ collection }) =>
    ACTIONS.some((action) => access.may(action, collection.name)),
  );
  const kind = access.isFull ? 'all' : isSome ? undefined : isOfUser ? 'none' : 'public';
  const known = kind && schemas.get(kind);
  if (known !== undefined) return known;
  const built = build(access, isOfUser);
  if (kind !== undefined) schemas.set(kind, built);
  return built;
}

const ACTIONS = ['create', 'read', 'update', 'delete'] as const;

function build(access: Access, isOfUser: boolean): GraphQLSchema {
  const { types, queries, mutations, subscriptions } = partsOf([...asked, ofSettings], [], access);
  const beside = BESIDE.filter(({ action, of }) => access.may(action, of));
  const told = (parts: readonly (string | undefined)[]): string => parts.filter((one) => one !== undefined).join('\n');
  const more = {
    queries: `${told(beside.map(({ query }) => query))} ${access.isFull ? EXTENSIONS : ''}`,
    mutations: told(beside.map(({ mutation }) => mutation)),
  };
  return buildSchema(`
    ${SHARED_TYPES} ${FOR_EVERYBODY.types} ${isOfUser ? FOR_USERS : ''} ${SCHEMA_TYPES} ${types.join('\n')}
    type Query { ${FOR_EVERYBODY.queries} ${more.queries} ${queries.length === 0 ? '_empty: Void' : queries.join('\n')} }
    type Mutation { ${FOR_EVERYBODY.mutations} ${more.mutations} ${mutations.join('\n')} }
    ${subscriptions.length === 0 ? '' : `type Subscription { ${subscriptions.join('\n')} }`}
  `);
}
