import { namesDefect } from '../spec/catalogue.js';
import { killTable, type KillTable, type KillTableRow } from '../spec/kill-table.js';
import type { Diagnosis, LikelyCause, RequirementResult } from '../spec/generated/report.js';
import { alikeness } from './alike-sentences.js';

/*
 * Which known defects the failures of a run come from. Each row of the kill table is the signature of a defect: the requirements, and
 * their checks, that it makes fail. The method is set cover with a score: a set of defects is scored by how much the union of their
 * signatures and the failures have in common (weighted Jaccard index, 0 to 1), and the best set of at most CAUSES defects is the
 * diagnosis, unless its score is too low to be more than a guess. Requirements and checks that were not judged count nowhere. A check fails
 * for many reasons: where a row says what it expected then, and the run something else, the two have less in common.
 */

/** Causes of a diagnosis, at most. */
const CAUSES = 3;
/** Score under which a match is too weak to be told. */
const WEAKEST = 0.65;
/** What each cause after the first must add to the score: the simpler explanation goes first. */
const WORTH = 0.08;
/** Share of a signature that must have been observed for its defect to be considered. */
const OBSERVED = 0.6;
/** Scores that differ by less are the same. */
const ALIKE = 1e-9;
/** Candidates that are considered together with others, the best alone first. */
const TOGETHER = 60;
/**
 * What a failure counts that did not come again when its check was run alone, 0 to 1; and how much of it a defect explains which makes it
 * fail in each run: what else was under way, or chance, is as likely to be its cause.
 */
const INTERMITTENT = 0.3;
const BY_CHANCE = 0.5;
/** Of the weight of a requirement that both have, the share that does not depend on which of its checks failed. */
const BY_REQUIREMENT = 0.5;
/** Sentences that are no more alike than this are of different things: most of one check have words in common. */
const UNLIKE = 0.75;

/** The failures of a run, and what was judged in it. */
interface Observation {
  readonly failed: ReadonlySet<string>;
  readonly judged: ReadonlySet<string>;
  /** Of what failed, what passed when it was run alone. */
  readonly intermittent: ReadonlySet<string>;
  /** Titles of the failed checks, by requirement. */
  readonly failedChecks: ReadonlyMap<string, ReadonlySet<string>>;
  /** Titles of the checks that were judged, by requirement. */
  readonly judgedChecks: ReadonlyMap<string, ReadonlySet<string>>;
  /** What the failed checks expected, by requirement and title. */
  readonly expected: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
}

/** A defect as far as this run could have noticed it. */
interface Candidate {
  readonly name: string;
  readonly title: string;
  readonly fails: readonly string[];
  readonly may: ReadonlySet<string>;
  readonly checks: KillTableRow['checks'];
  readonly expected: KillTableRow['expected'];
  /** How many of `fails` failed. */
  readonly observed: number;
  /** How many of those that failed say in the catalogue that this defect is what they are there for. */
  readonly named: number;
  /** How many requirements it makes fail, of those too that were not judged. */
  readonly reach: number;
}

/** Defects that together may be the cause. */
interface Explanation {
  readonly causes: readonly Candidate[];
  /** 0 to 1, less what the number of causes costs. */
  readonly score: number;
}

const isFailure = ({ verdict }: { readonly verdict: string }): boolean => verdict === 'fail' || verdict === 'warn';
const isIntermittent = ({ checks }: RequirementResult): boolean => {
  const failed = checks.filter(isFailure);
  return failed.length > 0 && failed.every(({ confirmation }) => confirmation === 'intermittent');
};
const isJudged = (one: { readonly verdict: string }): boolean => one.verdict === 'pass' || isFailure(one);

/**
 * The likely causes of the failures of a run.
 * @param results of the run
 * @param table signatures of the known defects
 * @returns undefined when nothing failed or nothing is known; a diagnosis without causes when no known defect matches
 */
export function diagnose(results: readonly RequirementResult[], table: KillTable = killTable): Diagnosis | undefined {
  const seen = observed(results);
  if (seen.failed.size === 0 || Object.keys(table).length === 0) return undefined;
  const [best] = explanations(seen, table);
  if (best === undefined || best.score < WEAKEST)
    return { failures: seen.failed.size, explained: 0, causes: [], unexplained: [...seen.failed] };
  const candidates = candidatesFor(seen, table);
  const causes = best.causes.map((cause) => likelyCause(cause, best, candidates, seen));
  const explained = new Set(causes.flatMap(({ explains }) => explains));
  return {
    failures: seen.failed.size,
    explained: explained.size,
    causes,
    unexplained: [...seen.failed].filter((id) => !explained.has(id)),
  };
}

/**
 * The defects that come into question, the likeliest first: those of the best explanation, then those of the next, and so on.
 * @param results of the run
 * @returns names of defects; of explanations that are as good as each other in the order of the table
 */
export function suspects(results: readonly RequirementResult[], table: KillTable = killTable): string[] {
  const ranked = explanations(observed(results), table);
  return [...new Set(ranked.flatMap(({ causes }) => causes.map(({ name }) => name)))];
}

function observed(results: readonly RequirementResult[]): Observation {
  const ids = (which: (one: RequirementResult) => boolean): Set<string> =>
    new Set(results.filter(which).map(({ id }) => id));
  const titles = (which: (one: { readonly verdict: string }) => boolean): Map<string, Set<string>> =>
    new Map(results.map(({ id, checks }) => [id, new Set(checks.filter(which).map(({ title }) => title))]));
  return {
    failed: ids(isFailure),
    judged: ids(isJudged),
    intermittent: ids((one) => isFailure(one) && isIntermittent(one)),
    failedChecks: titles(isFailure),
    judgedChecks: titles(isJudged),
    expected: new Map(results.map(({ id, checks }) => [id, new Map(checks.map((one) => [one.title, one.expected]))])),
  };
}

function candidatesFor(seen: Observation, table: KillTable): Candidate[] {
  return Object.entries(table).flatMap(([name, { title = name, fails: all, checks, expected, chance = {} }]) => {
    const fails = all.filter((id) => seen.judged.has(id));
    const may = new Set(Object.keys(chance).filter((id) => seen.judged.has(id)));
    const failed = fails.filter((id) => seen.failed.has(id));
    const count = failed.length;
    // What a defect may break by chance shows it where it breaks nothing else: not where the rest was left out, as under --only.
    const noticed = count > 0 || (all.length === 0 && [...may].some((id) => seen.failed.has(id)));
    if (!noticed || count < fails.length * OBSERVED) return [];
    const named = failed.filter((id) => namesDefect(id, name)).length;
    return [{ name, title, fails, may, checks, expected, observed: count, named, reach: all.length }];
  });
}

/** Explanations, the best first: by one defect, by two, and the best of these by one more. */
function explanations(seen: Observation, table: KillTable): Explanation[] {
  const rated = (causes: readonly Candidate[]): Explanation => ({
    causes,
    score: similarity(causes, seen) - WORTH * (causes.length - 1),
  });
  const singles = candidatesFor(seen, table)
    .map((candidate) => rated([candidate]))
    .sort(byScore);
  // Alone, part of a cause of several is far from the failures: how much of its own signature was observed counts there.
  const several = singles.filter(isMostlyJudged).sort(byFit).slice(0, TOGETHER);
  const pairs = several.flatMap(({ causes }, at) =>
    several.slice(at + 1).map((other) => rated([...causes, ...other.causes])),
  );
  const all = [...singles, ...pairs].sort(byScore);
  for (let size = 3; size <= CAUSES; size += 1) {
    const [best] = all;
    if (best?.causes.length !== size - 1) break;
    const more = several
      .filter(({ causes: [candidate] }) => candidate !== undefined && !best.causes.includes(candidate))
      .map(({ causes }) => rated([...best.causes, ...causes]));
    all.push(...more);
    all.sort(byScore);
  }
  return all.map(({ causes, score }) => ({
    score,
    causes: [...causes].sort((one, other) => other.observed - one.observed),
  }));
}

/**
 * The best first. Of those that match alike, since few requirements were judged, the one of fewer causes; then the one that what failed is
 * there to notice, before one that breaks it beside other things; then the one that breaks most: what is plainly wrong is likelier.
 */
function byScore(one: Explanation, other: Explanation): number {
  const better = other.score - one.score;
  if (Math.abs(better) > ALIKE) return better;
  return one.causes.length - other.causes.length || byPlainness(sumOf(one.causes), sumOf(other.causes));
}

type Plainness = Pick<Candidate, 'named' | 'reach'>;

const byPlainness = (one: Plainness, other: Plainness): number => other.named - one.named || other.reach - one.reach;

const sumOf = (causes: readonly Candidate[]): Plainness => ({
  named: causes.reduce((sum, { named }) => sum + named, 0),
  reach: causes.reduce((sum, { reach }) => sum + reach, 0),
});

/** Of a defect of which little was judged, as under --only, anything may be left of its signature: it is no cause beside another. */
const isMostlyJudged = ({ causes: [one] }: Explanation): boolean =>
  one !== undefined && one.fails.length >= one.reach * OBSERVED;

/** How much of the signature was observed; of two that were observed alike, the larger one first. */
function byFit({ causes: [one] }: Explanation, { causes: [other] }: Explanation): number {
  if (one === undefined || other === undefined) return 0;
  const share = ({ fails, observed: count }: Candidate): number => (fails.length === 0 ? 0 : count / fails.length);
  return share(other) - share(one) || other.observed - one.observed;
}

/** What the failures and the signatures have in common, 0 to 1. */
function similarity(causes: readonly Candidate[], seen: Observation): number {
  const signature = new Set(causes.flatMap(({ fails }) => fails));
  let common = 0;
  let all = [...signature].filter((id) => !seen.failed.has(id)).length;
  for (const id of seen.failed) {
    const isByChance = seen.intermittent.has(id);
    const weight = isByChance ? INTERMITTENT : 1;
    all += weight;
    if (causes.some((cause) => cause.may.has(id)))
      common += weight * (signature.has(id) ? alikeChecks(id, causes, seen) : 1);
    else if (signature.has(id)) common += weight * alikeChecks(id, causes, seen) * (isByChance ? BY_CHANCE : 1);
  }
  return all === 0 ? 0 : common / all;
}

/** How alike the failed checks of a requirement are to those that the causes make fail: BY_REQUIREMENT to 1. */
function alikeChecks(id: string, causes: readonly Candidate[], seen: Observation): number {
  const judged = seen.judgedChecks.get(id) ?? new Set();
  const failed = seen.failedChecks.get(id) ?? new Set();
  const told = causes.filter(({ fails }) => fails.includes(id)).map(({ checks }) => checks);
  // A row without checks says nothing about them.
  if (told.includes(undefined)) return 1;
  const expected = new Set(told.flatMap((checks) => checks?.[id] ?? [...judged]).filter((title) => judged.has(title)));
  const both = [...expected]
    .filter((title) => failed.has(title))
    .reduce((sum, title) => sum + alikeSentences(id, title, causes, seen), 0);
  const either = new Set([...expected, ...failed]).size;
  return BY_REQUIREMENT + (1 - BY_REQUIREMENT) * (either === 0 ? 0 : both / either);
}

/** How alike what a failed check expected is to what it expects with one of the causes, 0 to 1. */
function alikeSentences(id: string, title: string, causes: readonly Candidate[], seen: Observation): number {
  const own = seen.expected.get(id)?.get(title);
  const told = causes.flatMap(({ expected }) => expected?.[id]?.[title] ?? []);
  // A row without sentences says nothing about them.
  if (own === undefined || told.length === 0) return 1;
  const most = Math.max(...told.map((sentence) => alikeness(own, sentence)));
  return Math.max(0, (most - UNLIKE) / (1 - UNLIKE));
}

function likelyCause(
  cause: Candidate,
  { causes }: Explanation,
  candidates: readonly Candidate[],
  seen: Observation,
): LikelyCause {
  const score = similarity(causes, seen);
  const alternatives = candidates
    .filter(
      (other) =>
        !causes.some(({ name }) => name === other.name) &&
        Math.abs(similarity([...causes.filter(({ name }) => name !== cause.name), other], seen) - score) < ALIKE,
    )
    .sort(byPlainness);
  return {
    defect: cause.name,
    title: cause.title,
    explains: [...seen.failed].filter((id) => cause.fails.includes(id) || cause.may.has(id)),
    effects: cause.fails.length,
    observed: cause.observed,
    alternatives: alternatives.map(({ name, title }) => ({ defect: name, title })),
  };
}
