import { requirements } from '../spec/catalogue.js';
import type { Expected } from './expected.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The page docs/implementations.md: how each implementation was judged, what it does not meet and why, and since when Directus keeps what. */
export function pageOf(expected: readonly Expected[]): string {
  const byVersion = requirements.filter(({ directus }) => directus !== undefined);
  const ranges = [...new Set(byVersion.map(({ directus }) => directus ?? ''))].sort(byNumbers);
  return [
    '# Implementations',
    '',
    'Written by `npm run implementations -- --page` from `implementations/expected.yaml`: do not edit. `npm run implementations [-- NAME …]` installs each, one after the',
    'other, certifies it, and compares both ways: a failure that is not listed here is red, and so is one that is listed and does not come. `--record` keeps',
    'the counts of a run that was as expected.',
    '',
    '## How each was judged',
    '',
    'With an administrator and the secret where there are such, without `--patience`, on two cores that were shared with other work.',
    '',
    '| implementation | recorded | pass | fail | warn | skip | error | seconds |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...expected.map(row),
    '',
    '## What each does not meet',
    '',
    ...expected.flatMap(section),
    '## Since when Directus keeps what',
    '',
    'A requirement that is not named here is true of every version, or is a failure of those that do not meet it.',
    '',
    '| Directus | requirements |',
    '| --- | --- |',
    ...ranges.map(
      (range) =>
        `| ${range} | ${byVersion
          .filter(({ directus }) => directus === range)
          .map(({ id }) => `\`${id}\``)
          .join(', ')} |`,
    ),
    '',
  ].join('\n');
}

function row({ name, recorded, rejection }: Expected): string {
  if (rejection !== undefined) return `| ${cell(name)} | cannot be certified: ${cell(rejection)} | | | | | | |`;
  if (recorded === undefined) return `| ${cell(name)} | not yet | | | | | | |`;
  const { date, pass, fail, warn, skip, error, seconds } = recorded;
  return `| ${cell(name)} | ${date} | ${pass} | ${fail} | ${warn} | ${skip} | ${error} | ${seconds ?? ''} |`;
}

function section({ name, failures = {}, unjudged, recorded }: Expected): string[] {
  if (recorded === undefined) return [];
  const entries = Object.entries(failures);
  return [
    `### ${name}`,
    '',
    ...(entries.length === 0 ? ['It meets everything that it was asked for.', ''] : []),
    ...entries.map(([id, reason]) => `- \`${id}\`: ${reason}`),
    ...(entries.length === 0 ? [] : ['']),
    ...(unjudged === undefined ? [] : [`Not judged: ${unjudged}`, '']),
  ];
}

const numbersIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

function byNumbers(one: string, other: string): number {
  const [left, right] = [numbersIn(one), numbersIn(other)];
  const at = left.findIndex((number, i) => number !== right[i]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
