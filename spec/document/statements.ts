interface Stated {
  readonly id: string;
  readonly statement: string;
}

/**
 * The text of spec/statements.txt: each id with its statement. New requirements are added; those that are there must be as they were, since
 * reports and baselines of others refer to them.
 * @param before the text so far
 * @throws Error where an id is gone, or a statement has changed
 */
export function statementsDocument(before: string, requirements: readonly Stated[]): string {
  const statements = new Map(requirements.map(({ id, statement }) => [id, statement]));
  for (const line of before.split('\n').filter((one) => one !== '')) {
    const [, id = '', statement] = /^(\S+): (.*)$/.exec(line) ?? [];
    const now = statements.get(id);
    if (now === undefined)
      throw new Error(`requirement ${id} is in spec/statements.txt and in no chapter: an id stays`);
    if (now !== statement)
      throw new Error(
        `requirement ${id}: spec/statements.txt has another statement. If the change is meant, make it there, too`,
      );
  }
  return requirements.map(({ id, statement }) => `${id}: ${statement}\n`).join('');
}
