import type { Report } from '../spec/generated/report.js';

/** The formats that a report can be written in. What a format needs is loaded when it is asked for. */
export const renderers: Readonly<
  Record<'json' | 'junit' | 'markdown' | 'html' | 'sarif' | 'badge' | 'badge-svg', (report: Report) => Promise<string>>
> = {
  json: async (report) => (await import('./json.js')).renderJson(report),
  junit: async (report) => (await import('./junit.js')).renderJUnit(report),
  markdown: async (report) => (await import('./markdown.js')).renderMarkdown(report),
  html: async (report) => (await import('./html.js')).renderHtml(report),
  sarif: async (report) => (await import('./sarif.js')).renderSarif(report),
  badge: async (report) => (await import('./badge.js')).renderBadgeJson(report),
  'badge-svg': async (report) => (await import('./badge.js')).renderBadgeSvg(report),
};
