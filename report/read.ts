import { readFileSync } from 'node:fs';
import type { Report } from '../spec/generated/report.js';
import { schemas } from '../spec/schemas.js';
import { compileValidator } from '../spec/schema-validator.js';
import { ConfigurationError } from './errors.js';

/**
 * Reads a JSON report that a run has written.
 * @param file of the schema report.schema.json
 * @throws ConfigurationError when it cannot be read, or is no such report
 */
export function readReport(file: string): Report {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `the report ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  return parseReport(text, file);
}

/**
 * The report in a text.
 * @param name what messages call it
 * @throws ConfigurationError when it is no report
 */
export function parseReport(text: string, name: string): Report {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new ConfigurationError(`${name} is not JSON: name a report that was written by --report json=FILE`);
  }
  const [problem] = compileValidator(Object.values(schemas), 'report.schema.json')(data);
  if (problem !== undefined)
    throw new ConfigurationError(
      `${name} is no JSON report of auth-conformance: ${problem.path === '' ? 'the file' : problem.path} ${problem.message}`,
    );
  return data as Report;
}
