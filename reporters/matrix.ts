import type { Report, RequirementResult } from '../spec/generated/report.js';

/** What a requirement is about, and how its identifier says so. */
export interface Subject {
  /** For links and filters. */
  readonly name: string;
  /** For readers. */
  readonly heading: string;
  /** Which identifiers of requirements belong to it. The first subject of a list that matches counts. */
  readonly ids: RegExp;
}

/** The token types of the specification, then what is about all of them or none. */
export const tokenTypes: readonly Subject[] = [
  {
    name: 'standard',
    heading: 'Standard',
    ids: /^standard\.|^storing\.json\.|^storing\.cookie\.(refresh-|default-mode$)|^requests\.(header|query)\.standard$|^requests\.refresh-token-refused$|^realtime\.refresh-token$/,
  },
  {
    name: 'session',
    heading: 'Session',
    ids: /^session\.|^storing\.cookie\.(set-by-login|sent-to-domain|lasts|overwritten|http-only)$|^requests\.cookie(\.name)?$|^requests\.cross-origin$|^jwt\.session-known$|^realtime\.cookie$/,
  },
  { name: 'static', heading: 'Static', ids: /^static\.|^requests\.(header|query)\.static$/ },
  { name: 'any', heading: 'All or other', ids: /^/ },
];

/** What can be done with a token, in the order of its life. */
export const topics: readonly Subject[] = [
  { name: 'logging-in', heading: 'Logging in', ids: /^login\.|^(standard|session)\.login\./ },
  {
    name: 'sending',
    heading: 'Sending it with a request',
    ids: /^requests\.|^(standard|session|static)\.(authenticates|reusable|exact|by-cookie|by-header-and-query)$/,
  },
  {
    name: 'refreshing',
    heading: 'Refreshing',
    ids: /^(standard|session)\.refresh\.|^storing\.cookie\.refresh-(alone|rotates)$/,
  },
  {
    name: 'logging-out',
    heading: 'Logging out',
    ids: /^(standard|session)\.logout\.|^storing\.cookie\.refresh-logout$/,
  },
  {
    name: 'storing',
    heading: 'Handing out and storing',
    ids: /^storing\.|^session\.(stored-as-cookie|single-token|payload|dead-cookie-cleared)$/,
  },
  {
    name: 'form',
    heading: 'Signature, claims and life',
    ids: /^jwt\.|^(standard|session|static)\.(claims|expires|short-lived|does-not-expire)$/,
  },
  {
    name: 'setting',
    heading: 'Setting and concealing it',
    ids: /^static\.(set-|not-|(one-per-user|cleared|unique|generated)$)/,
  },
  { name: 'users', heading: 'Users and permissions', ids: /^access\./ },
  { name: 'two-factor', heading: 'Two-factor login', ids: /^tfa\./ },
  { name: 'graphql', heading: 'GraphQL', ids: /^graphql\./ },
  { name: 'realtime', heading: 'Realtime', ids: /^realtime\./ },
  { name: 'other', heading: 'Other', ids: /^/ },
];

/** The first subject of a list that an identifier belongs to. The last one of each list takes what is left. */
function subjectOf(subjects: readonly Subject[], id: string): Subject {
  const found = subjects.find(({ ids }) => ids.test(id));
  if (found === undefined) throw new TypeError(`no subject for ${id}`);
  return found;
}

/** The token type that a requirement is about. */
export const tokenTypeOf = (id: string): Subject => subjectOf(tokenTypes, id);

/** The topic that a requirement is about. */
export const topicOf = (id: string): Subject => subjectOf(topics, id);

/** The requirements of a report by topic and, in the order of `tokenTypes`, by token type. Topics without any are left out. */
export function tokenMatrix({
  requirements,
}: Report): { readonly topic: Subject; readonly cells: readonly RequirementResult[][] }[] {
  return topics
    .map((topic) => {
      const row = requirements.filter(({ id }) => topicOf(id) === topic);
      return { topic, cells: tokenTypes.map((type) => row.filter(({ id }) => tokenTypeOf(id) === type)) };
    })
    .filter(({ cells }) => cells.some((cell) => cell.length > 0));
}
