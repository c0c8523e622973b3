import type { JSX } from 'preact';
import { discovered } from '../../spec/capabilities.js';
import type { ProfileVerdict, Report } from '../../spec/generated/report.js';
import { Fact, Profiles, toneOf, When } from './html-parts.js';
import { passedInWords, verdictsByProfile } from '../../report/profile-verdicts.js';
import {
  checksInWords,
  coreOf,
  coreSkipped,
  identityInWords,
  inNumbers,
  productInWords,
  profileInWords,
  incompleteReason,
} from '../../report/wording.js';

/** Of a conformant target, the profiles beside it that have a failure. */
function ofOtherProfiles(report: Report): string {
  const [, ...others] = verdictsByProfile(report);
  const failing = others.filter(({ outcome }) => outcome === 'not-conformant');
  return report.outcome === 'not-conformant' || failing.length === 0
    ? ''
    : ` of the profile ${failing.map(({ profile }) => profile).join(' and ')}`;
}

/** What the outcome rests on, and what stays open. */
function grounds(report: Report): string {
  const { fail, error } = report.summary.requirements;
  const core = coreOf(report).length;
  const skipped = coreSkipped(report).length;
  return [
    ...(fail > 0 ? [`${inNumbers(fail, 'requirement')} failed${ofOtherProfiles(report)}`] : []),
    ...(error > 0 ? [`${inNumbers(error, 'requirement')} could not be judged`] : []),
    ...(report.complete && report.outcome === 'conformant' ? [`all ${core} core requirements were shown to hold`] : []),
    incompleteReason(report) ??
      (skipped > 0 && report.outcome !== 'conformant' ? `${inNumbers(skipped, 'core requirement')} not tested` : ''),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** The verdict of a profile. */
function Passed({ verdict, report }: { verdict: ProfileVerdict; report: Report }): JSX.Element {
  return (
    <span class="line">
      {profileInWords(verdict.profile, report)}{' '}
      <small>
        {verdict.outcome.replace('-', ' ')}, {passedInWords(verdict)} passed
      </small>
    </span>
  );
}

/** Capabilities that a run lacked, each with the way to give it. */
function Missing({ term, capabilities }: { term: string; capabilities: Report['capabilities'] }): JSX.Element | null {
  if (capabilities.length === 0) return null;
  return (
    <Fact term={term}>
      {capabilities.map(({ name, how }) => (
        <span key={name} class="line">
          {name} <small>{how}</small>
        </span>
      ))}
    </Fact>
  );
}

/** The top of a report: what was certified, what came of it. */
export function Head({ report }: { report: Report }): JSX.Element {
  const product = productInWords(report);
  return (
    <header>
      <p class="kicker">Access-token conformance report</p>
      <h1>{product ?? report.target.url}</h1>
      {product !== undefined && <p class="target">{report.target.url}</p>}
      <p class={`outcome ${toneOf(report)}`}>
        <strong>
          <Profiles report={report} />
        </strong>
        <span>{grounds(report)}</span>
      </p>
    </header>
  );
}

/** Who ran what, when, with what. */
export function Facts({ report }: { report: Report }): JSX.Element {
  const { tool, specification, run, startedAt, durationMs, capabilities, seed, summary } = report;
  const identity = identityInWords(report);
  const isOffer = ({ name }: Report['capabilities'][number]): boolean => discovered.includes(name);
  const given = capabilities.filter((one) => one.given && !isOffer(one)).map(({ name }) => name);
  const offered = capabilities.filter((one) => one.given && isOffer(one)).map(({ name }) => name);
  return (
    <dl class="facts">
      {identity !== undefined && <Fact term="Implementation">{identity}</Fact>}
      {run?.tester !== undefined && <Fact term="Tester">{run.tester}</Fact>}
      <Fact term="Date">
        <When at={startedAt} />, took {(durationMs / 1000).toFixed(1)} s
      </Fact>
      <Fact term="Suite">
        {tool.name} {tool.version}, seed {seed}
      </Fact>
      <Fact term="Profiles">
        {verdictsByProfile(report).map((verdict) => (
          <Passed key={verdict.profile} verdict={verdict} report={report} />
        ))}
      </Fact>
      <Fact term="Judged">
        {summary.requirements.total - summary.requirements.skip} of{' '}
        {inNumbers(summary.requirements.total, 'requirement')}, by {checksInWords(report)}
      </Fact>
      <Fact term="Given by the tester">{given.join(', ') || 'nothing'}</Fact>
      {offered.length > 0 && <Fact term="Discovered on the target">{offered.join(', ')}</Fact>}
      <Missing term="Not given" capabilities={capabilities.filter((one) => !one.given && !isOffer(one))} />
      <Missing term="Not found on the target" capabilities={capabilities.filter((one) => !one.given && isOffer(one))} />
      {run?.command !== undefined && (
        <Fact term="Command" wide>
          <code>{run.command}</code>
        </Fact>
      )}
      <Fact term="Specification" wide>
        {specification.title} <small>SHA-256</small> <code>{specification.sha256}</code>
      </Fact>
    </dl>
  );
}
