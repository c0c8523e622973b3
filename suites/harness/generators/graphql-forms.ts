import { isTrueOf } from '../../../spec/values/directus-version.js';
import type { RequestParts } from '../target/target.js';

/** A way to write a GraphQL request for one field. GraphQL specification sections 2 and 6; GraphQL over HTTP. */
export interface GraphqlForm {
  /** What is particular about it, to follow "a query". */
  readonly name: string;
  /** The name by which the response has the field. */
  readonly answersAs: string;
  readonly parts: RequestParts;
  /** The versions of Directus that answer it; all unless told. */
  readonly directus?: string;
}

/** A field of the root, of which one member is asked for. */
export interface AskedField {
  readonly field: string;
  /** Its arguments, with their parentheses; empty where it has none. */
  readonly given?: string;
  /** The type that it gives. */
  readonly type: string;
  readonly member: string;
}

const PATH = '/graphql/system';
/** Another operation, which needs no token. */
const PING = 'query Ping{server_ping}';

/**
 * Forms of a query that say the same. Each was answered alike by a Directus 12.4.1 (observed).
 * @param version of the Directus that the target is judged as: forms that it does not answer are left out
 */
export function graphqlForms({ field, given = '', type, member }: AskedField, version?: string): GraphqlForm[] {
  const asked = `${field}${given}`;
  const plain = `{${asked}{${member}}}`;
  const named = `query Asked${plain}`;
  const conditional = `query($wanted:Boolean!){${asked}@include(if:$wanted){${member}}}`;
  const byPost = (name: string, body: object, answersAs = field): GraphqlForm => ({
    name,
    answersAs,
    parts: { path: PATH, body },
  });
  const byGet = (name: string, parameters: Readonly<Record<string, string>>): GraphqlForm => ({
    name,
    answersAs: field,
    parts: { path: `${PATH}?${new URLSearchParams(parameters).toString().replaceAll('+', '%20')}` },
  });
  const forms: GraphqlForm[] = [
    byPost('with a name', { query: named, operationName: 'Asked' }),
    byPost('behind another in one document', { query: `${PING} ${named}`, operationName: 'Asked' }),
    byPost('before another in one document', { query: `${named} ${PING}`, operationName: 'Asked' }),
    byPost('with an alias', { query: `{asked:${asked}{${member}}}` }, 'asked'),
    byPost('in fragments', {
      query: `query{...Asked} fragment Asked on Query{${asked}{...Members}} fragment Members on ${type}{${member}}`,
    }),
    // Answered by a Directus 11.17.4, not by a 10.13.4 (observed); in the packages between, absent in 11.16.1.
    {
      ...byPost('in inline fragments', { query: `{...on Query{${asked}{...on ${type}{${member}}}}}` }),
      directus: '>=11.17.4',
    },
    byPost('with comments and commas', { query: `# who\n query{ ${asked} , { ${member} } } # is it` }),
    byPost('with a directive and a variable', { query: conditional, variables: { wanted: true } }),
    byPost('with empty members beside it', { query: plain, variables: null, operationName: null, extensions: {} }),
    byPost('beside other fields', { query: `{server_ping ${asked}{${member}} again:server_ping}` }),
    byGet('by GET', { query: plain }),
    byGet('by GET behind another in one document', { query: `${PING} ${named}`, operationName: 'Asked' }),
    byGet('by GET with variables', { query: conditional, variables: '{"wanted":true}' }),
  ];
  return forms.filter(({ directus }) => isTrueOf(version, directus));
}

/** Requests that ask for nothing, also where something was asked before. */
export const emptyGraphqlForms: readonly (readonly [name: string, body: unknown])[] = [
  ['without a query', {}],
  ['with an empty query', { query: '' }],
  [
    'that names a query by its digest',
    { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } }, variables: {} },
  ],
  ['that names a query by an id', { id: 'asked', operationName: 'Asked' }],
];
