import { jsonText } from '../report/files/json-text.js';
import type { CheckResult, Report, RequirementResult } from '../spec/generated/report.js';

/**
 * The report as JSON, as spec/schemas/report.schema.json describes it: a line for each requirement, check, exchange and shell line.
 * Its data is as it came; wherever it is printed, it is harmless.
 */
export function renderJson({ requirements, ...report }: Report): string {
  return `${within(jsonText(report, 2), '\n', 'requirements', requirements.map(requirementText), 2)}\n`;
}

const requirementText = ({ checks, ...requirement }: RequirementResult): string =>
  within(jsonText(requirement), '', 'checks', checks.map(checkText), 4);

function checkText({ curl, exchanges, ...check }: CheckResult): string {
  const lines = (all: readonly unknown[]): string[] => all.map((one) => jsonText(one));
  return within(within(jsonText(check), '', 'curl', lines(curl), 6), '', 'exchanges', lines(exchanges), 6);
}

/**
 * An object in JSON with one member more, an array.
 * @param object that has a member already
 * @param end what stands before its last brace
 * @param items of the array, in JSON
 * @param indent spaces before the end of the array; the items stand two further to the right
 */
function within(object: string, end: string, member: string, items: readonly string[], indent: number): string {
  const line = `\n${' '.repeat(indent)}`;
  const array = items.length === 0 ? '[]' : `[${items.map((item) => `${line}  ${item}`).join(',')}${line}]`;
  const break_ = end === '' ? '' : line;
  return `${object.slice(0, -1 - end.length)},${break_}"${member}":${end === '' ? '' : ' '}${array}${end}}`;
}
