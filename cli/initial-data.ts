import type { InitialData } from '../spec/generated/initial-data.js';
import { ConfigurationError } from '../report/errors.js';
import { readText } from '../report/files/read-text.js';
import { validJson } from '../report/files/valid-json.js';

/**
 * Reads the roles and users that the reference server is to begin with.
 * @param file a JSON file of the schema initial-data.schema.json
 * @throws ConfigurationError naming each member that is wrong, but no value: they are passwords and tokens
 */
export function readInitialData(file: string): InitialData {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`--seed-file ${file}: ${why}`);
  return validJson<InitialData>(readText(file, wrong), 'initial-data.schema.json', wrong);
}
