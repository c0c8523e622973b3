import { notA, validationError, type Message } from './messages.js';

const ACTIONS = ['create', 'read', 'update', 'delete'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * The action and the collection of a message `items`, whose members are of the right types.
 * @throws ApiError 400 INVALID_PAYLOAD with what each of the actions would ask for. Observed: Directus 12.4.1.
 */
export function checkedItems(message: Message): { readonly action: Action; readonly name: string } {
  const problems = ACTIONS.map((action) => problemsFor(action, message));
  const action = ACTIONS.find((_, index) => problems[index]?.length === 0);
  if (action === undefined) throw validationError(...problems.map((each) => each.join('; ')));
  return { action, name: message['collection'] as string };
}

function problemsFor(action: Action, { action: given, collection, id, ids }: Message): readonly string[] {
  return [
    ...(typeof collection === 'string' ? [] : [notA('string', collection, 'collection')]),
    ...(given === action ? [] : [`Invalid input: expected "${action}" at "action"`]),
    ...(action === 'create' ? [] : [...problemsOfKeys(ids), ...problemsOfKey(id, 'id')]),
  ];
}

function problemsOfKeys(ids: unknown): readonly string[] {
  if (ids === undefined) return [];
  if (!Array.isArray(ids)) return [notA('array', ids, 'ids')];
  return (ids as unknown[]).flatMap((key, index) => problemsOfKey(key ?? null, `ids[${index}]`));
}

function problemsOfKey(key: unknown, member: string): readonly string[] {
  if (key === undefined || typeof key === 'string' || typeof key === 'number') return [];
  return [`${notA('string', key, member)} or ${notA('number', key, member)}`];
}
