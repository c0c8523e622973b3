import { isObserved } from '../observations.js';
import type { Chapter, Requirement } from '../generated/chapter.js';
import type { SeedSentences } from '../generated/seed-sentences.js';
import type { Standards } from '../generated/standards.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('__', '\\_\\_');

/** The anchor of a requirement in SPECIFICATION.md: that of its heading, as GitHub makes it. It never changes, as the id does not. */
export const anchorOf = (id: string): string => id.replaceAll('.', '');

const linkTo = (id: string): string => `[\`${id}\`](SPECIFICATION.md#${anchorOf(id)})`;

/** A section as a reader asks for it, such as "RFC 8725 section 3.2". */
export const sectionName = (document: string, section: string): string =>
  document.startsWith('RFC') ? `${document} section ${section}` : `${document} ${section}`;

/** The anchor of a standard in COVERAGE.md: that of its heading, as GitHub makes it. */
const headingOf = ({ document, title }: Pick<Standards[number], 'document' | 'title'>): string =>
  `${document}: ${title}`;
const anchorOfHeading = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function rowOf(what: string, ids: readonly string[], note: string | undefined): string {
  return `| ${what} | ${[...ids.map(linkTo), ...(note === undefined ? [] : [`*${cell(note)}*`])].join(', ')} |`;
}

/** The rows of the seed's sentences, each with the requirements that quote it or why there is none. */
function seedRows(sentences: SeedSentences, chapters: readonly Chapter[]): string[] {
  const fromSeed = chapters.flatMap(({ requirements }) => requirements).filter((r) => r.source.document === 'seed');
  return sentences.map((sentence) => {
    const ids = fromSeed
      .filter(({ source }) => sentence.text.includes(source.quote) || source.quote.includes(sentence.text))
      .map(({ id }) => id);
    if (sentence.reason === undefined && ids.length === 0)
      throw new Error(`spec/seed-sentences.yaml: no requirement quotes and no reason excuses: ${sentence.text}`);
    return rowOf(cell(sentence.text), sentence.reason === undefined ? ids : [], sentence.reason ?? sentence.partly);
  });
}

/** The number of a section, without the older one beside it: '7.4.1 (4.0.3: 3.3.1)' is 7.4.1. */
const numberOf = (section: string): string => section.split(' ')[0] ?? '';

/** The lines on one standard: each section with the requirements that cover it and what is left open. */
function standardLines({ document, title, sections }: Standards[number], chapters: readonly Chapter[]): string[] {
  const all = chapters.flatMap(({ requirements }) => requirements);
  const known = new Set(all.map(({ id }) => id));
  const here = all.filter(({ source }) => source.document === document);
  const listed = new Set(sections.map(({ section }) => section));
  for (const { id, source } of here)
    if (!listed.has(numberOf(source.section)))
      throw new Error(`spec/standards.yaml: ${document} lacks section ${source.section}, the source of ${id}`);
  const rows = sections.map(({ section, title: about, requirements = [], reason }, at) => {
    if (sections.findIndex((one) => one.section === section) !== at)
      throw new Error(`spec/standards.yaml: ${document} ${section} stands there twice`);
    const strange = requirements.find((id) => !known.has(id));
    if (strange !== undefined)
      throw new Error(`spec/standards.yaml: ${document} ${section} names ${strange}, which is no requirement`);
    const from = here.filter(({ source }) => numberOf(source.section) === section).map(({ id }) => id);
    const ids = [...new Set([...from, ...requirements])];
    if (ids.length === 0 && reason === undefined)
      throw new Error(`spec/standards.yaml: ${document} ${section} has neither requirements nor a reason`);
    return rowOf(`${sectionName(document, section)}: ${cell(about)}`, ids, reason);
  });
  return [`## ${headingOf({ document, title })}`, '', '| Section | Requirements |', '| --- | --- |', ...rows, ''];
}

/**
 * The way back: the sections of standards that name a requirement, beside the one that is its source, each as a link to their table.
 * @param from where COVERAGE.md is, as seen from the page with the links
 */
export function sectionsCoveredBy({ id, source }: Requirement, standards: Standards, from = 'COVERAGE.md'): string[] {
  return standards.flatMap((standard) =>
    standard.sections
      .filter(({ requirements = [] }) => requirements.includes(id))
      .filter(({ section }) => source.document !== standard.document || numberOf(source.section) !== section)
      .map(
        ({ section }) =>
          `[${sectionName(standard.document, section)}](${from}#${anchorOfHeading(headingOf(standard))})`,
      ),
  );
}

/**
 * COVERAGE.md: sentence of the seed to requirements, section of a standard to requirements, and what no test can show and why. The way
 * back is in SPECIFICATION.md, where each requirement names its source.
 * @throws an Error that names the sentence or section that nothing covers and no reason excuses
 */
export function coverageDocument(sentences: SeedSentences, standards: Standards, chapters: readonly Chapter[]): string {
  const listed = new Set(standards.map(({ document }) => document));
  for (const { id, source } of chapters.flatMap(({ requirements }) => requirements))
    if (source.document !== 'seed' && !isObserved(source.document) && !listed.has(source.document))
      throw new Error(`spec/standards.yaml lacks ${source.document}, the source of ${id}`);
  return [
    '# Coverage of the specification',
    '',
    'Generated by `npm run generate`. First each sentence of `spec/seed/access-tokens.txt`, and the requirements that rest on it, or the reason why no test of a server can show it; then the sections of the standards that concern access tokens (`spec/standards.yaml`). Where a section is listed without its subsections, its row stands for all of them. In [SPECIFICATION.md](SPECIFICATION.md) each requirement names its source and the sections that it covers beside it.',
    '',
    ...standards.map((standard) => `- [${headingOf(standard)}](#${anchorOfHeading(headingOf(standard))})`),
    '',
    '## The sentences of the specification',
    '',
    '| Sentence | Requirements |',
    '| --- | --- |',
    ...seedRows(sentences, chapters),
    '',
    ...standards.flatMap((standard) => standardLines(standard, chapters)),
  ].join('\n');
}
