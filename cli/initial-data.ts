import { readFileSync } from 'node:fs';
import type { InitialData } from '../spec/generated/initial-data.js';
import { ConfigurationError } from '../report/errors.js';
import { validJson } from '../report/valid-json.js';

/**
 * Reads the roles and users that the reference server is to begin with.
 * @param file a JSON file of the schema initial-data.schema.json
 * @throws ConfigurationError naming each member that is wrong, but no value: they are passwords and tokens
 */
export function readInitialData(file: string): InitialData {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`--seed-file ${file}: ${why}`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  return validJson<InitialData>(text, 'initial-data.schema.json', wrong);
}
