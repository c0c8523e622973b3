import { breachesOfStatementRule, breachesOfText } from './statement-rule.js';

/** What a requirement must say beside what it always had, and where that is explained. */
const members = ['statement', 'impact', 'remediation', 'severity'] as const;

/** The texts beside the statement. */
const texts = ['impact', 'remediation', 'explanation'] as const;

/**
 * Holds the requirements of a chapter against what a schema cannot say well: each has a statement by the rule, an impact, a remediation and
 * a severity.
 * @param data a chapter, as its YAML file has it; not yet held against the schema
 * @throws an Error with a line for each requirement that lacks something, by its id
 */
export function holdAgainstRule(data: unknown): void {
  const { requirements = [] } = (data ?? {}) as { requirements?: Record<string, unknown>[] };
  const wrong = requirements.flatMap((requirement) => {
    const { id, statement, level, title } = requirement;
    const missing = members.filter((member) => requirement[member] === undefined);
    const found = [
      ...(missing.length === 0 ? [] : [`it lacks ${missing.join(', ')}`]),
      ...(title === undefined ? [] : ['`title` is now `statement`: one sentence with one keyword of RFC 2119']),
      ...(typeof statement === 'string' ? breachesOfStatementRule(statement, String(level)) : []),
      ...texts.flatMap((member) => {
        const text = requirement[member];
        return typeof text === 'string' ? breachesOfText(member, text) : [];
      }),
    ];
    return found.map((one) => `requirement ${String(id)}: ${one}`);
  });
  if (wrong.length > 0)
    throw new Error(
      `${wrong.join('\n')}\n(CONTRIBUTING.md shows a whole requirement; spec/document/statement-rule.ts has the rule)`,
    );
}
