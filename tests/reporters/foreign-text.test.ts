import * as fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { parse, type DefaultTreeAdapterTypes as Html } from 'parse5';
import { create } from 'xmlbuilder2';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, test } from 'vitest';
import { renderComparison as renderDiff } from '../../cli/commands/diff.js';
import { compareReports } from '../../report/compare.js';
import { neutral, onOneLine, quoted } from '../../report/foreign-text.js';
import { jsonText } from '../../report/files/json-text.js';
import { renderComparison } from '../../reporters/html/comparison-page.js';
import { renderAnnotations, renderStepSummary } from '../../reporters/github.js';
import { renderHtml } from '../../reporters/html/report-page.js';
import { renderJson } from '../../reporters/json.js';
import { renderJUnit } from '../../reporters/junit.js';
import { renderMarkdown } from '../../reporters/markdown.js';
import { progressLine } from '../../reporters/progress.js';
import { renderers } from '../../reporters/renderers.js';
import { renderSarif } from '../../reporters/sarif.js';
import { renderTerminal } from '../../reporters/terminal.js';
import type { Report } from '../../spec/generated/report.js';
import { commandsIn, hostileReports, hostileText, hostileTexts, unseen } from './hostile-reports.js';
import { reportFixture } from './report-fixture.js';

/** Tries a property of what is made of a hostile report; it is told the same of the report with harmless words in their place. */
function always<Made>(
  make: (report: Report) => Made,
  property: (made: Made, neutral: Made, hostile: Report) => void,
): void {
  fc.assert(
    fc.property(hostileReports, ({ hostile, neutral: harmless }) => property(make(hostile), make(harmless), hostile)),
    { numRuns: 40 },
  );
}

const known = new Map<string, unknown>();
/** What is made of a text, made once: the reports with harmless words are few. */
function once(text: string, make: () => unknown): unknown {
  if (!known.has(text)) known.set(text, make());
  return known.get(text);
}

/** Nothing that a terminal or the log of a CI system acts on. */
function mustBeHarmless(output: string): void {
  expect(output).not.toMatch(unseen);
  expect(commandsIn(output)).toEqual([]);
}

describe('a text of others', () => {
  test('has every unseen character shown as an escape, and commands nothing', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const shown of [neutral(text), onOneLine(text), quoted(text)]) mustBeHarmless(shown);
        expect(onOneLine(text)).not.toMatch(/[\n\t]/);
        expect(quoted(text).length).toBeLessThanOrEqual(200);
      }),
    );
    expect(onOneLine('a\u202Eb\u001B[31m\u{E0041}')).toBe('a\\u{202E}b\\u{1B}[31m\\u{E0041}');
    expect(neutral('a\r\n ::error::b ###[c]')).toBe('a\n \\u{3A}:error::b ##\\u{23}[c]');
    expect(quoted('é'.repeat(500))).toBe(`${'é'.repeat(199)}…`);
  });

  test('is left alone where there is nothing to it', () => {
    const text = 'POST /auth/login answered 401 "Café" – 日本語 😀 a::b ## c';
    expect(onOneLine(text)).toBe(text);
  });
});

describe('Markdown', () => {
  interface Node {
    readonly type: string;
    readonly value?: string;
    readonly children?: readonly Node[];
  }
  const parsed = (markdown: string): Node =>
    fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  /** What the nodes are. Where text and code follow one another, how many there are is of no matter. */
  const structureOf = ({ type, children = [] }: Node): unknown => [
    type,
    ...children
      .filter((one, i) => !isInline(one) || !isInline(children[i - 1]))
      .map((one) => (isInline(one) ? 'inline' : structureOf(one))),
  ];
  const isInline = (node: Node | undefined): boolean => node?.type === 'text' || node?.type === 'inlineCode';
  const textsIn = ({ type, value = '', children = [] }: Node): string[] =>
    type === 'text' ? [value] : children.flatMap(textsIn);
  /** What GitHub makes links and pictures of after Markdown, in text that is no code. */
  const live = /@|#|\$|www\.|:\S|\b[0-9a-f]{7}|\b[a-z]+-\d/i;

  test('is that of the same report with harmless words: no link, image, HTML, heading, table or list more, nothing that GitHub would make a link of', () => {
    always(renderMarkdown, (markdown, harmless) => {
      const tree = parsed(markdown);
      expect(structureOf(tree)).toEqual(once(harmless, () => structureOf(parsed(harmless))));
      for (const one of textsIn(tree)) expect(one.replaceAll('SHA-256', '')).not.toMatch(live);
      mustBeHarmless(markdown);
    });
  });

  test('holds what a text says', () => {
    const report = reportFixture();
    report.notes = ['see `auth-conformance merge`, then @octocat | and `` #1 or 2-a (fine)'];
    const [paragraph] = (parsed(renderMarkdown(report)).children ?? []).flatMap(({ type, children }) =>
      type === 'blockquote' && JSON.stringify(children).includes('octocat') ? (children ?? []) : [],
    );
    const said = (paragraph?.children ?? []).map(({ value }) => value).join('');
    expect(said).toBe('see auth-conformance merge, then @octocat | and `` #1 or 2-a (fine)');
  });

  test('is cut for the step summary outside of blocks of code, also where a line begins with backticks that are none', () => {
    const report = reportFixture();
    const [first] = report.requirements.filter(({ verdict }) => verdict === 'error');
    const [check] = first?.checks ?? [];
    if (first === undefined || check === undefined) throw new Error('a fixture without an error');
    first.checks = Array.from({ length: 8000 }, () => ({
      ...check,
      reason: `\`\` \`\`\` ${'long '.repeat(30)}`,
      curl: [],
    }));
    report.requirements = [first];
    const text = renderStepSummary(report);
    expect(text).toContain('The report is cut here');
    // The last lines, of whole paragraphs, and what was added to close a block.
    const end = text.slice(text.lastIndexOf('**Check**'));
    expect(textsIn(parsed(end)).some((one) => one.startsWith('The report is cut here'))).toBe(true);
  });
});

describe('HTML', () => {
  /** Elements and the names of their attributes; the values of those that a target has no part in. */
  const structureOf = (node: Html.ChildNode | Html.Document): unknown => {
    if (!('childNodes' in node)) return node.nodeName;
    const attributes = 'attrs' in node ? node.attrs.map(({ name, value }) => attributeOf(name, value)) : [];
    return [node.nodeName, attributes, node.childNodes.filter((one) => one.nodeName !== '#text').map(structureOf)];
  };
  const attributeOf = (name: string, value: string): string => {
    if (name === 'href') expect(value).toMatch(/^#/);
    return ['id', 'href', 'key', 'data-id', 'value', 'datetime'].includes(name) ? name : `${name}=${value}`;
  };
  const valuesIn = (node: Html.ChildNode | Html.Document): string[] => {
    if ('value' in node) return [node.value];
    const own = 'attrs' in node ? node.attrs.map(({ value }) => value) : [];
    return 'childNodes' in node ? [...own, ...node.childNodes.flatMap(valuesIn)] : own;
  };

  test.each<[string, (report: Report) => string]>([
    ['the report', renderHtml],
    ['the comparison', (report) => renderComparison([report, reportFixture()])],
  ])('%s is that of the same report with harmless words, and hides no character', (_name, render) => {
    always(render, (html, harmless) => {
      const page = parse(html);
      expect(structureOf(page)).toEqual(once(harmless, () => structureOf(parse(harmless))));
      for (const value of valuesIn(page)) expect(value).not.toMatch(unseen);
      expect(commandsIn(html)).toEqual([]);
    });
  });
});

describe('the terminal', () => {
  /** What our own colours are made of. */
  const withoutColors = (text: string): string => text.replace(/\u001B\[\d\d?m/g, '');
  /** The lines that stand where those of the report stand. Further lines of a text are indented. */
  const ownLines = (text: string): string[] => text.split('\n').filter((line) => !/^ {6}/.test(line));

  test.each([
    { color: true, detail: 'verbose' },
    { color: false, detail: 'verbose' },
    { color: false, detail: 'brief' },
  ] as const)('shows text alone, and a text forges no line (%o)', ({ color, detail }) => {
    always(
      (report) => renderTerminal(report, { color, detail }),
      (text, harmless) => {
        if (!color) expect(text).not.toContain('\u001B');
        mustBeHarmless(withoutColors(text));
        // Fewer where a text begins with spaces.
        expect(ownLines(text).length).toBeLessThanOrEqual(ownLines(harmless).length);
      },
    );
  });

  test('has a line for a check that has ended', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (requirement, title) => {
        const line = progressLine({ requirement, title, verdict: 'pass', durationMs: 1 }, { color: false });
        mustBeHarmless(line);
        expect(line).not.toContain('\n');
      }),
    );
  });

  test('shows a comparison of two reports line by line', () => {
    const differing = (report: Report): string =>
      renderDiff(reportFixture(), report, compareReports(reportFixture(), report), { strict: false, color: false });
    always(differing, (text, harmless) => {
      mustBeHarmless(text);
      expect(text.split('\n').length).toBe(harmless.split('\n').length);
    });
  });
});

describe('JSON', () => {
  test.each<[string, (report: Report) => unknown]>([
    ['the report', (report) => report],
    ['the comparison of two reports', (report) => compareReports(reportFixture(), report)],
  ])('%s is the same data, and harmless where it is printed', (_name, dataOf) => {
    always(dataOf, (data) => {
      for (const json of [jsonText(data, 2), jsonText(data)]) {
        mustBeHarmless(json);
        expect(JSON.parse(json)).toEqual(data);
      }
    });
    always(renderJson, mustBeHarmless);
  });
});

describe('XML', () => {
  /** The elements, and the names of their attributes. */
  const structureOf = (data: unknown): unknown => {
    if (typeof data !== 'object' || data === null) return 'text';
    if (Array.isArray(data)) return data.map(structureOf);
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, structureOf(value)]));
  };

  test('is that of the same report with harmless words', () => {
    always(renderJUnit, (xml, harmless) => {
      mustBeHarmless(xml);
      expect(structureOf(create(xml).end({ format: 'object' }))).toEqual(
        structureOf(create(harmless).end({ format: 'object' })),
      );
    });
  });

  test('is well-formed', async () => {
    const [report] = fc.sample(hostileReports, { numRuns: 1, seed: 1 });
    await fc.assert(
      fc.asyncProperty(hostileReports, async ({ hostile }) => {
        const { valid, errors } = await validateXML({
          xml: { fileName: 'report.xml', contents: renderJUnit(hostile) },
          schema: anySchema,
        });
        expect([valid, errors]).toEqual([true, []]);
      }),
      { numRuns: 8, ...(report && { examples: [[report]] }) },
    );
  });
  const anySchema =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="testsuites"/></xs:schema>';
});

describe('SARIF', () => {
  test('has no link, no placeholder and no path of others in it', () => {
    always(renderSarif, (sarif) => {
      mustBeHarmless(sarif);
      const log = JSON.parse(sarif) as object;
      const told: string[] = [];
      const uris: string[] = [];
      JSON.stringify(log, (key, value: unknown) => {
        if (key === 'message') told.push((value as { text: string }).text);
        if (key === 'uri') uris.push(value as string);
        return value;
      });
      expect(told.length).toBeGreaterThan(0);
      for (const text of told) {
        expect(text).not.toMatch(unseen);
        expect(text.replace(/\\[\\[\]]/g, '').replace(/\{\{|\}\}/g, '')).not.toMatch(/[[\]{}\\]/);
      }
      for (const uri of uris) expect(uri).toMatch(/^auth-conformance\/[\w.!~*'()%-]+$/);
    });
  });

  test('takes no id for a path', () => {
    const report = reportFixture();
    for (const [i, id] of ['..', '.', '', '../../etc', 'a b'].entries()) {
      const [first] = report.requirements.filter(({ verdict }) => verdict === 'fail');
      if (first !== undefined) report.requirements[i] = { ...first, id };
    }
    const uris = [...renderSarif(report).matchAll(/"uri": "([^"]*)"/g)].map(([, uri]) => uri);
    expect(uris).toEqual(
      ['unnamed', 'unnamed', 'unnamed', '..%2F..%2Fetc', 'a%20b'].map((one) => `auth-conformance/${one}`),
    );
  });
});

describe('GitHub', () => {
  test('gets the annotations of the same report with harmless words', () => {
    always(renderAnnotations, (annotations, harmless) => {
      const commandsOf = (text: string): string[] => text.split('\n').map((line) => line.split(' ')[0] ?? '');
      expect(commandsOf(annotations)).toEqual(commandsOf(harmless));
      expect(annotations).not.toMatch(unseen);
      expect(annotations).not.toContain('##[');
    });
  });
});

describe('each format', () => {
  test('of the badge says nothing that others wrote', async () => {
    await fc.assert(
      fc.asyncProperty(hostileReports, async ({ hostile, neutral: harmless }) => {
        for (const format of ['badge', 'badge-svg'] as const)
          expect(await renderers[format](hostile)).toBe(await renderers[format](harmless));
      }),
    );
  });

  test.each(Object.keys(renderers) as (keyof typeof renderers)[])(
    '%s has no unseen character and no command',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(hostileReports, async ({ hostile }) => mustBeHarmless(await renderers[format](hostile))),
        { numRuns: 20 },
      );
    },
  );

  test('is tried with every text of a report', () => {
    fc.assert(
      fc.property(hostileReports, hostileTexts, ({ hostile }, texts) => {
        expect(JSON.stringify(hostile)).not.toContain('8055');
        expect(texts.length).toBeGreaterThan(3);
      }),
      { numRuns: 5 },
    );
  });
});
