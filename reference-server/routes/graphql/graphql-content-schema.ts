import { buildSchema, type GraphQLSchema } from 'graphql';
import type { Content } from '../../content/content-model.js';
import type { Access } from '../../query/access.js';
import { roles, users } from '../../query/collection.js';
import { files, folders } from '../../query/collections/files.js';
import { partsOf, SHARED_TYPES } from './collection-types.js';

/** The schema of /graphql that an access sees: the collections of content, and what their relations lead to. */
export function contentSchema(content: Content, access: Access): GraphQLSchema {
  const asked = [...content.values()].map((collection) => ({
    collection,
    name: collection.name,
    isSingleton: collection.singleton === true,
  }));
  const { types, queries, mutations, subscriptions } = partsOf(asked, [users, roles, files, folders], access);
  return buildSchema(`
    ${SHARED_TYPES}
    ${types.join('\n')}
    type Query { ${queries.length === 0 ? '_empty: Void' : queries.join('\n')} }
    ${mutations.length === 0 ? '' : `type Mutation { ${mutations.join('\n')} }`}
    ${subscriptions.length === 0 ? '' : `type Subscription { ${subscriptions.join('\n')} }`}
  `);
}
