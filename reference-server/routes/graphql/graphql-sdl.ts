import { printSchema } from 'graphql';
import { identityOf } from '../../auth/authenticate.js';
import { contentOf } from '../../content/content-model.js';
import type { Context } from '../../context.js';
import { viewOf, type Asking } from '../../query/answer-records.js';
import { contentSchema } from './graphql-content-schema.js';
import { systemGraphqlSchema } from './system-schema.js';

/** The schema of /graphql, or of /graphql/system, as a request sees it, in GraphQL's own language. */
export async function graphqlSdl(context: Context, asking: Asking, scope: 'items' | 'system'): Promise<string> {
  const { access } = await viewOf(context, asking);
  return printSchema(
    scope === 'system'
      ? systemGraphqlSchema(access, identityOf(asking).user !== null)
      : contentSchema(await contentOf(context.store), access),
  );
}
