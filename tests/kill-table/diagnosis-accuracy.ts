import { diagnose, suspects } from '../../report/diagnosis.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { RequirementResult } from '../../spec/generated/report.js';
import type { KillTable, KillTableRow } from '../../spec/kill-table.js';

/** How often a diagnosis is right, as shares from 0 to 1. */
export interface Accuracy {
  readonly alone: { readonly count: number; readonly first: number; readonly amongThree: number };
  readonly pairs: { readonly count: number; readonly bothAmongFive: number };
  readonly unseen: {
    readonly count: number;
    readonly noKnownCause: number;
    /** Defects whose row shares less than half with that of any other. */
    readonly unlikeAny: number;
    readonly noKnownCauseOfUnlike: number;
  };
  /** Defects that are not diagnosed as the first alone. */
  readonly notFirst: readonly string[];
  /** Defects unlike any other for which another is named when their own row is taken out. */
  readonly guessed: readonly string[];
}

/** Pairs that are tried, at most. */
const PAIRS = 1000;

/**
 * Diagnoses what each row of a table says would fail. A defect that the diagnosis names as an alternative of the first counts as first:
 * no run can tell the two apart.
 */
export function accuracyOf(table: KillTable): Accuracy {
  const names = Object.keys(table).filter((name) => (table[name]?.fails.length ?? 0) > 0);
  const titles = titlesOf(table);
  const results = (of: readonly string[]): RequirementResult[] =>
    resultsOf(
      of.map((name) => table[name] ?? { fails: [] }),
      titles,
    );
  const places = names.map((name) => placeOf(name, results([name]), table));
  const pairs = sampleOf(names);
  const unseen = names.map((name) => {
    const { [name]: own, ...others } = table;
    return { name, isUnlike: isUnlikeAny(own, others), named: diagnose(results([name]), others)?.causes.length ?? 0 };
  });
  const unlike = unseen.filter(({ isUnlike }) => isUnlike);
  return {
    alone: {
      count: names.length,
      first: share(places, (place) => place === 0),
      amongThree: share(places, (place) => place < 3),
    },
    pairs: {
      count: pairs.length,
      bothAmongFive: share(pairs, (pair) => {
        const seen = results(pair);
        return pair.every((name) => placeOf(name, seen, table) < 5);
      }),
    },
    unseen: {
      count: unseen.length,
      noKnownCause: share(unseen, ({ named }) => named === 0),
      unlikeAny: unlike.length,
      noKnownCauseOfUnlike: share(unlike, ({ named }) => named === 0),
    },
    notFirst: names.filter((_name, i) => places[i] !== 0),
    guessed: unlike.filter(({ named }) => named > 0).map(({ name }) => name),
  };
}

const share = <Item>(items: readonly Item[], isRight: (item: Item) => boolean): number =>
  items.length === 0 ? 1 : items.filter(isRight).length / items.length;

/** Where a defect stands among the suspects, from 0; an alternative of a cause stands where the cause does. */
function placeOf(name: string, results: readonly RequirementResult[], table: KillTable): number {
  const causes = diagnose(results, table)?.causes ?? [];
  const at = causes.findIndex(({ defect, alternatives }) =>
    [defect, ...alternatives.map((one) => one.defect)].includes(name),
  );
  if (at >= 0) return at;
  const place = suspects(results, table).indexOf(name);
  return place < 0 ? Infinity : place;
}

/** Pairs of names: all of them, or every n-th. */
function sampleOf(names: readonly string[]): [string, string][] {
  const all = names.flatMap((one, at) => names.slice(at + 1).map((other): [string, string] => [one, other]));
  const step = Math.max(1, Math.floor(all.length / PAIRS));
  return all.filter((_pair, i) => i % step === 0).slice(0, PAIRS);
}

function isUnlikeAny(own: KillTableRow | undefined, others: KillTable): boolean {
  const fails = own?.fails ?? [];
  return Object.values(others).every((row) => {
    const both = row.fails.filter((id) => fails.includes(id)).length;
    return both * 2 < new Set([...row.fails, ...fails]).size;
  });
}

/** All titles of checks that a table knows, by requirement. */
function titlesOf(table: KillTable): Map<string, ReadonlySet<string>> {
  const titles = new Map<string, Set<string>>();
  for (const { checks = {} } of Object.values(table))
    for (const [id, own] of Object.entries(checks)) titles.set(id, new Set([...(titles.get(id) ?? []), ...own]));
  return titles;
}

/** What a run at a server with these rows would come to. */
export function resultsOf(
  rows: readonly KillTableRow[],
  titles: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): RequirementResult[] {
  return catalogue.map(({ id, level, profile, chapter, source, statement }) => {
    const own = rows.filter(({ fails }) => fails.includes(id));
    const failed = new Set(own.flatMap(({ checks }) => checks?.[id] ?? [...(titles.get(id) ?? [])]));
    const isWrong = own.length > 0;
    const known = [...new Set([...(titles.get(id) ?? []), ...failed])];
    const checks = (known.length === 0 ? ['shown'] : known).map((title) => {
      const isFailed = isWrong && (known.length === 0 || failed.has(title));
      const expected = isFailed ? own.flatMap((row) => row.expected?.[id]?.[title] ?? [])[0] : undefined;
      return {
        title,
        verdict: isFailed ? ('fail' as const) : ('pass' as const),
        ...(expected !== undefined && { expected }),
        durationMs: 1,
        exchanges: [],
        curl: [],
      };
    });
    return { id, title: statement, level, profile, chapter, source, verdict: isWrong ? 'fail' : 'pass', checks };
  });
}
