import type { Report } from '../spec/generated/report.js';

/** The report as JSON, as spec/schemas/report.schema.json describes it. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
