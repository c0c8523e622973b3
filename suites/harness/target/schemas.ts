import { schemas } from '../../../spec/schemas.js';
import { compileValidator, type Validator } from '../../../spec/schema-validator.js';
import { assert } from '../outcomes.js';

/** The schemas of what goes over the wire. */
type WireSchema = Exclude<
  keyof typeof schemas,
  `${'catalogue' | 'configuration' | 'report' | 'seed-sentences'}.schema.json`
>;

const validators = new Map<WireSchema, Validator>();

/**
 * Expects that something is what a schema of the specification says.
 * @throws Violation naming each member that is not
 */
export function expectSchema(schema: WireSchema, data: unknown, what: string): void {
  const validator = validators.get(schema) ?? compileValidator(Object.values(schemas), schema);
  validators.set(schema, validator);
  const problems = validator(data);
  const { description } = schemas[schema];
  assert(problems.length === 0, `${what} to be: ${description}`, () =>
    problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; '),
  );
}
