import { requirements as catalogue } from '../spec/catalogue.js';
import type { Requirement } from '../spec/generated/chapter.js';
import type { Report, RequirementResult } from '../spec/generated/report.js';

/** A token type or a topic of requirements, as reports show it. */
export interface Subject {
  /** For links and filters. */
  readonly name: string;
  /** For readers. */
  readonly heading: string;
}

/** The headings of the token types, in the order of the matrix. */
const typeHeadings: Readonly<Record<Requirement['tokenType'], string>> = {
  standard: 'Standard',
  session: 'Session',
  static: 'Static',
  any: 'All or other',
};

/** The headings of the topics, in the order of the matrix; `other` is for requirements that the catalogue does not have. */
const topicHeadings: Readonly<Record<Requirement['topic'] | 'other', string>> = {
  'logging-in': 'Logging in',
  sending: 'Sending it with a request',
  refreshing: 'Refreshing',
  'logging-out': 'Logging out',
  storing: 'Issuing and storing',
  form: 'Signature, claims and lifetime',
  setting: 'Setting and concealing it',
  users: 'Users and permissions',
  'two-factor': 'Two-factor login',
  graphql: 'GraphQL',
  realtime: 'Realtime',
  other: 'Other',
};

const subjects = (headings: Readonly<Record<string, string>>): readonly Subject[] =>
  Object.entries(headings).map(([name, heading]) => ({ name, heading }));

/** The token types of the specification, then what is about all of them or none. */
export const tokenTypes = subjects(typeHeadings);
const topics = subjects(topicHeadings);

const catalogued = new Map<string, Requirement>(catalogue.map((requirement) => [requirement.id, requirement]));

/** @throws TypeError when there is none of that name */
function named(list: readonly Subject[], name: string): Subject {
  const found = list.find((subject) => subject.name === name);
  if (found === undefined) throw new TypeError(`no subject ${name}`);
  return found;
}

/**
 * The token type that a requirement is about, by the catalogue.
 * @param id of a report: one that is not in this version's catalogue is of the type `any`
 */
export const tokenTypeOf = (id: string): Subject => named(tokenTypes, catalogued.get(id)?.tokenType ?? 'any');

/**
 * The topic that a requirement is about, by the catalogue.
 * @param id of a report: one that is not in this version's catalogue is of the topic `other`
 */
export const topicOf = (id: string): Subject => named(topics, catalogued.get(id)?.topic ?? 'other');

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
