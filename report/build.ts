import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { howToGive } from '../spec/capabilities.js';
import { requirements as catalogue } from '../spec/catalogue.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type {
  Capability,
  CheckResult,
  Leftover,
  Profile,
  Report,
  ReportShard,
  ReportTarget,
  RequirementResult,
} from '../spec/generated/report.js';
import type { RequirementId } from '../spec/generated/requirement-id.js';
import { withBriefEvidence } from './brief-evidence.js';
import { conclusionOf, resultOf } from './conclusion.js';
import type { Masker } from './masking/masker.js';

/** Path from this file, compiled into a folder of dist/, to the root of the package. */
const root = import.meta.url.endsWith('.ts') ? '../' : '../../';
const fileOf = (path: string): string => readFileSync(new URL(root + path, import.meta.url), 'utf8');

const manifest = JSON.parse(fileOf('package.json')) as { version: string; repository: { url: string } };

/** The version of this package. */
export const { version } = manifest;

/** The repository of this package as a web page, by package.json. */
export const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');

/** The text that this version certifies against. */
export const specification: Readonly<Report['specification']> = {
  title: 'Directus: Access Tokens',
  sha256: createHash('sha256').update(fileOf('spec/seed/access-tokens.txt')).digest('hex'),
};

/** A check that has ended. */
export interface FinishedCheck {
  readonly requirement: RequirementId;
  readonly result: CheckResult;
}

/** What a report is made of. */
export interface ReportInput {
  readonly plan: {
    readonly target: { readonly url: string };
    readonly selected: readonly RequirementId[];
    readonly capabilities: readonly Capability[];
    /** In ms since 1970. */
    readonly startedAt: number;
    readonly seed: number;
  };
  /** What the target is, and as which version of Directus it is judged. */
  readonly identity?: Omit<ReportTarget, 'url'>;
  readonly profiles: readonly Profile[];
  /** Who ran the suite, and how. */
  readonly run?: NonNullable<Report['run']>;
  /** Whether each failed check keeps its exchanges, or of each requirement the simplest alone. */
  readonly evidence?: Configuration['evidence'];
  /** Where this is but a part of a run. */
  readonly shard?: ReportShard;
  readonly finished: readonly FinishedCheck[];
  readonly leftovers: readonly Leftover[];
  readonly notes: readonly string[];
  readonly durationMs: number;
  /** Knows the secrets of the whole run. */
  readonly masker: Masker;
}

/** Puts the report of a run together, and masks the secrets of the run in all of it. */
export function makeReport(input: ReportInput): Report {
  const { plan, identity, run, evidence, profiles, shard, finished, leftovers, notes, durationMs, masker } = input;
  const judged = catalogue
    .filter(({ id }) => plan.selected.includes(id))
    .map((requirement) =>
      resultOf(
        requirement,
        finished.filter((check) => check.requirement === requirement.id).map(({ result }) => result),
      ),
    );
  const { results, notes: omissions } = evidence === 'all' ? { results: judged, notes: [] } : withBriefEvidence(judged);
  return masker.report<Report>({
    schemaVersion: '1',
    tool: { name: 'auth-conformance', version },
    specification,
    target: { url: plan.target.url, ...identity },
    ...(run && Object.keys(run).length > 0 && { run }),
    startedAt: new Date(plan.startedAt).toISOString(),
    durationMs: Math.round(durationMs),
    profiles: [...profiles],
    ...(shard && { shard }),
    capabilities: capabilitiesInUse().map((name) => ({
      name,
      given: plan.capabilities.includes(name),
      how: howToGive[name],
    })),
    ...conclusionOf(results),
    seed: plan.seed,
    requirements: results,
    leftovers: [...leftovers],
    notes: [...notes, ...notesOn(results), ...omissions],
  });
}

/** What is to be told of the checks of a report beside their verdicts. */
export const notesOn = (results: readonly RequirementResult[]): string[] => [
  ...stallsIn(results),
  ...intermittentIn(results),
  ...results.flatMap(({ id, checks }) =>
    checks.flatMap(({ shortfall }) =>
      shortfall === undefined ? [] : [`${id} was judged by less than was planned: ${shortfall}`],
    ),
  ),
];

/** A note on the checks that were run a second time, since the target gave no answer at first. */
function stallsIn(results: readonly RequirementResult[]): string[] {
  const stalls = results.flatMap(({ checks }) => checks.flatMap(({ stalled }) => stalled ?? []));
  if (stalls.length === 0) return [];
  const reasons = [...new Set(stalls)].join('; ');
  return [
    `${stalls.length} of the checks were run a second time, after the target had left a request alone: ${reasons}`,
  ];
}

/** A note on the failures that did not come again. */
function intermittentIn(results: readonly RequirementResult[]): string[] {
  const ids = results
    .filter(({ checks }) => checks.some(({ confirmation }) => confirmation === 'intermittent'))
    .map(({ id }) => id);
  if (ids.length === 0) return [];
  return [
    `intermittent, as a check failed in the run and passed when it was run again alone: ${ids.join(', ')}. It is a failure all the same: the target does not keep the requirement each time`,
  ];
}

/** The capabilities that some requirement asks for. */
function capabilitiesInUse(): Capability[] {
  const asked = new Set(catalogue.flatMap(({ needs, by = [] }) => [...needs, ...by]));
  return (Object.keys(howToGive) as Capability[]).filter((capability) => asked.has(capability));
}
