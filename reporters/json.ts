import type { Report } from '../spec/generated/report.js';

/**
 * The report as JSON, as spec/schemas/report.schema.json describes it. No text of a target stands there as ##[command], which
 * the runner of a GitHub workflow would obey wherever in a line it is (actions/runner, ActionCommand.cs).
 */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2).replaceAll('##[', '#\\u0023[')}\n`;
}
