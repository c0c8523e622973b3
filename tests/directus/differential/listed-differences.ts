import type { NormalAnswer } from './normal-form.js';
import type { Step } from './step.js';

/** A difference between the reference server and a real Directus that is meant to be, or not worth its removal. */
export interface ListedDifference {
  readonly reason: string;
  readonly covers: (step: Step, real: NormalAnswer, ours: NormalAnswer) => boolean;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (step: Step): Readonly<Record<string, unknown>> =>
  isObject(step.body) ? (step.body as Record<string, unknown>) : {};

/** A body without the SQL that a collection was made with. */
const withoutSql = ({ body }: NormalAnswer): string => String(body).replace(/,"sql":"(?:[^"\\]|\\.)*"/g, '');

/** A body without the endings of the names under which files are kept. */
const withoutName = ({ body }: NormalAnswer): string => String(body).replace(/("filename_disk":"[\w-]+)\.\w+"/g, '$1"');

/** Every difference that is known. One that is not here fails the differential test. */
export const listedDifferences: readonly ListedDifference[] = [
  {
    reason: 'There is nothing below /graphql but /graphql/system.',
    covers: ({ path }, _real, ours) => /^\/graphql\/(?!system(?:\?|$))/.test(path) && ours.status === 404,
  },
  {
    reason:
      'A Directus answers a password that is no text with 500, an error of its own, where a second factor is set up.',
    covers: ({ path }, real, ours) =>
      path.startsWith('/users/me/tfa/generate') && real.status === 500 && ours.status === 401,
  },
  {
    reason: 'A Directus answers some malformed bodies with 500, an error of its own; here they are rejected with 400.',
    covers: (_step, real, ours) => real.status === 500 && ours.status === 400,
  },
  {
    reason:
      'A Directus answers a filter whose operand is a number, where text is compared, with 500, an error of its own.',
    covers: ({ path }, real, ours) => path.includes('filter=') && real.status === 500 && ours.status === 200,
  },
  {
    reason:
      'A Directus answers a filter in deep whose operand is a list, where text is compared, with 500, an error of its own.',
    covers: ({ path }, real, ours) =>
      path.includes('deep=') && String(real.body).includes('toLowerCase') && ours.status === 200,
  },
  {
    reason:
      'Users and roles are not written within other records. (A Directus creates one, and rejects it as the recipient of a notification.)',
    covers: (_step, _real, ours) => /this server does not write .+ within others/.test(String(ours.body)),
  },
  {
    reason:
      "The name under which the storage keeps a file: a Directus ends it as its media type does where the file's name has no ending.",
    covers: ({ path }, real, ours) =>
      path.startsWith('/files') && withoutName(real) === withoutName(ours) && real.status === ours.status,
  },
  {
    reason: 'A Directus answers the count of JSON that is no list or object with 500, an error of its own.',
    covers: ({ path }, real, ours) => path.includes('count(') && real.status === 500 && ours.status === 200,
  },
  {
    reason:
      'A Directus looks for another translation before it looks at permissions, and answers those who may not read them with 500, an error of its own.',
    covers: ({ path }, real, ours) => path.startsWith('/translations') && real.status === 500 && ours.status === 403,
  },
  {
    reason: 'A Directus writes an email of a notification, and answers with 500 where its message is no text.',
    covers: ({ path }, real, ours) =>
      path.startsWith('/notifications') && String(real.body).includes('marked()') && ours.status === 200,
  },
  {
    reason: 'Export in a query as XML, YAML and CSV with a byte order mark is not there.',
    covers: ({ path }, _real, ours) => /export=(?:xml|yaml|csv_utf8)/.test(path) && ours.status === 400,
  },
  {
    reason: 'The SQL that a collection was made with is of the database of a Directus.',
    covers: ({ path }, real, ours) => path.startsWith('/collections') && withoutSql(real) === withoutSql(ours),
  },
  {
    reason:
      'A Directus adds what comes with app_access to lists of permissions, and answers with the first of it where there is none of an id.',
    covers: ({ path }, real) => path.startsWith('/permissions') && String(real.body).includes('"system":true'),
  },
  {
    reason: 'A Directus 12 asks for a licence where a permission has fewer fields than all, a filter or presets.',
    covers: (_step, real) => String(real.body).includes('"RESOURCE_RESTRICTED"'),
  },
  {
    reason: 'A Directus tells administrators what they may do with collections that are not here.',
    covers: ({ path }, real, ours) =>
      path === '/permissions/me' && [real, ours].every(({ body }) => String(body).includes('"share":{"access":"full"')),
  },
  {
    reason: 'Of an upload that may not be stored nothing is read: that it has no file is not seen.',
    covers: (step, real, ours) =>
      step.kind.startsWith('upload') && String(real.body).includes('No files were included') && ours.status === 403,
  },
  {
    reason: 'A query of SEARCH that is a list is rejected by a Directus as a filter, here as no object.',
    covers: (step, real, ours) =>
      step.method === 'SEARCH' && Array.isArray(membersOf(step)['query']) && real.status === 400 && ours.status === 400,
  },
  {
    reason: 'A Directus checks the data of a change of several also where there is nobody to change.',
    covers: (step, real, ours) => {
      const { keys } = membersOf(step);
      const isNone = Array.isArray(keys) && keys.length === 0;
      return step.method === 'PATCH' && isNone && real.status === 400 && ours.status === 200;
    },
  },
];
