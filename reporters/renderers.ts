import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';

/** A format that a report can be written in. The list is that of `report` in configuration.schema.json. */
export type Format = keyof NonNullable<Configuration['report']>;

/** What makes a text of a report, for each format. What a format needs is loaded when it is asked for. */
export const renderers: Readonly<Record<Format, (report: Report) => Promise<string>>> = {
  json: async (report) => (await import('./json.js')).renderJson(report),
  junit: async (report) => (await import('./junit.js')).renderJUnit(report),
  markdown: async (report) => (await import('./markdown.js')).renderMarkdown(report),
  html: async (report) => (await import('./html/report-page.js')).renderHtml(report),
  sarif: async (report) => (await import('./sarif.js')).renderSarif(report),
  badge: async (report) => (await import('./badge.js')).renderBadgeJson(report),
  'badge-svg': async (report) => (await import('./badge.js')).renderBadgeSvg(report),
};

/** All formats, in the order in which help texts name them. */
export const formats = Object.keys(renderers) as readonly Format[];
