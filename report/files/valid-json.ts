import { schemas } from '../../spec/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import type { ConfigurationError } from '../errors.js';
import { parseJson } from './parse-json.js';

/**
 * The data in a text of JSON.
 * @param schema that it must be valid by
 * @param wrong makes the error out of what is wrong: it names members, but no value
 * @throws what `wrong` makes
 */
export function validJson<Data>(
  text: string,
  schema: keyof typeof schemas,
  wrong: (why: string) => ConfigurationError,
): Data {
  const data = parseJson(text, wrong);
  const problems = compileValidator(Object.values(schemas), schema)(data);
  if (problems.length > 0)
    throw wrong(problems.map(({ path, message }) => `${path === '' ? 'the file' : path} ${message}`).join('; '));
  return data as Data;
}
