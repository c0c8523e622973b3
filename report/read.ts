import type { Report } from '../spec/generated/report.js';
import { schemas } from '../spec/schemas.js';
import { compileValidator } from '../spec/schema-validator.js';
import { ConfigurationError } from './errors.js';
import { parseJson } from './files/parse-json.js';
import { readText } from './files/read-text.js';
import { onOneLine } from './foreign-text.js';
import { rejudge, type Rejudged } from './rejudge.js';

/**
 * Reads a JSON report that a run has written, and judges it again by the checks that it holds.
 * @param file of the schema report.schema.json
 * @throws ConfigurationError when it cannot be read, or is no such report
 */
export function readReport(file: string): Rejudged {
  const text = readText(file, (why) => new ConfigurationError(`the report ${file} ${why}`));
  return rejudge(parseReport(text, file), file);
}

/**
 * The report in a text, as it stands there.
 * @param name what messages call it
 * @throws ConfigurationError when it is no report
 */
export function parseReport(text: string, name: string): Report {
  const data = parseJson(
    text,
    (why) => new ConfigurationError(`${name} ${why}: name a report that was written by --report json=FILE`),
  );
  const [problem] = compileValidator(Object.values(schemas), 'report.schema.json')(data);
  if (problem !== undefined)
    throw new ConfigurationError(
      `${name} is no JSON report of auth-conformance: ${onOneLine(problem.path === '' ? 'the file' : problem.path)} ${problem.message}`,
    );
  return data as Report;
}
