import { jsonText } from '../report/files/json-text.js';
import type { Report } from '../spec/generated/report.js';

/**
 * The report as JSON, as spec/schemas/report.schema.json describes it. Its data is as it came; wherever it is printed, it is harmless.
 */
export function renderJson(report: Report): string {
  return `${jsonText(report, 2)}\n`;
}
