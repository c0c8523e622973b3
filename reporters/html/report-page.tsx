import type { JSX } from 'preact';
import type { CheckResult, Exchange, ProfileVerdict, Report, RequirementResult } from '../../spec/generated/report.js';
import { adviceOn } from '../advice.js';
import { clauseUrlOf } from '../specification-link.js';
import { reportScript } from './html-assets.js';
import {
  Badge,
  Choice,
  Compared,
  Curl,
  needsAttention,
  present,
  presentVerdicts,
  renderPage,
  Source,
  toneOf,
  Unseen,
  verdicts,
  When,
} from './html-parts.js';
import { tokenMatrix, tokenTypeOf, tokenTypes, topicOf, type Subject } from '../matrix.js';
import { fitForPage, fittingExchanges } from './page-limits.js';
import { passedInWords, verdictsByProfile } from '../../report/profile-verdicts.js';
import {
  byChapter,
  causesInWords,
  confirmationInWords,
  coreOf,
  coreSkipped,
  identityInWords,
  inNumbers,
  labels,
  matchInWords,
  outcomeInWords,
  profilesInWords,
  whatIsOpen,
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
    whatIsOpen(report) ??
      (skipped > 0 && report.outcome !== 'conformant' ? `${inNumbers(skipped, 'core requirement')} not tested` : ''),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** The verdict of a profile. */
function Passed({ verdict: { profile, outcome, ...counts } }: { verdict: ProfileVerdict }): JSX.Element {
  return (
    <span class="line">
      {profile}{' '}
      <small>
        {outcome.replace('-', ' ')}, {passedInWords(counts)} passed
      </small>
    </span>
  );
}

function Head({ report }: { report: Report }): JSX.Element {
  const { tool, specification, target, startedAt, durationMs, capabilities, seed, summary } = report;
  const identity = identityInWords(report);
  const given = capabilities.filter((capability) => capability.given).map(({ name }) => name);
  const missing = capabilities.filter((capability) => !capability.given);
  return (
    <header>
      <p class="kicker">Access-token conformance report</p>
      <h1>{target.url}</h1>
      <p class={`outcome ${toneOf(report)}`}>
        <strong>{profilesInWords(report)}</strong>
        <span>{grounds(report)}</span>
      </p>
      <dl class="facts">
        {identity === undefined ? null : (
          <div>
            <dt>Implementation</dt>
            <dd>{identity}</dd>
          </div>
        )}
        <div>
          <dt>Date</dt>
          <dd>
            <When at={startedAt} />, took {(durationMs / 1000).toFixed(1)} s
          </dd>
        </div>
        <div>
          <dt>Suite</dt>
          <dd>
            {tool.name} {tool.version}, seed {seed}
          </dd>
        </div>
        <div>
          <dt>Profiles</dt>
          <dd>
            {verdictsByProfile(report).map((verdict) => (
              <Passed key={verdict.profile} verdict={verdict} />
            ))}
          </dd>
        </div>
        <div>
          <dt>Judged</dt>
          <dd>
            {summary.requirements.total - summary.requirements.skip} of {summary.requirements.total} requirements, by{' '}
            {summary.checks.total - summary.checks.skip} checks
          </dd>
        </div>
        <div>
          <dt>Given by the tester</dt>
          <dd>{given.join(', ') || 'nothing'}</dd>
        </div>
        {missing.length > 0 && (
          <div>
            <dt>Not given</dt>
            <dd>
              {missing.map(({ name, how }) => (
                <span key={name} class="line">
                  {name} <small>{how}</small>
                </span>
              ))}
            </dd>
          </div>
        )}
        <div class="wide">
          <dt>Specification</dt>
          <dd>
            {specification.title} <small>SHA-256</small> <code>{specification.sha256}</code>
          </dd>
        </div>
      </dl>
    </header>
  );
}

function Tiles({ report }: { report: Report }): JSX.Element {
  return (
    <ul class="tiles" aria-label="Requirements by verdict">
      {verdicts.map((verdict) => (
        <li key={verdict} class={report.summary.requirements[verdict] === 0 ? 'none' : verdict}>
          <b>{report.summary.requirements[verdict]}</b> {labels[verdict].word}
        </li>
      ))}
    </ul>
  );
}

/** How many requirements of a cell have which verdict. Leads to the first that did not pass; the script filters by the cell. */
function Cell({ cell, type, topic }: { cell: RequirementResult[]; type: Subject; topic: Subject }): JSX.Element {
  const found = verdicts
    .map((verdict) => ({ verdict, all: cell.filter((one) => one.verdict === verdict) }))
    .filter(({ all }) => all.length > 0);
  const [worst] = found;
  if (worst === undefined) {
    return (
      <td class="none">
        <span aria-hidden="true">·</span>
        <Unseen>none</Unseen>
      </td>
    );
  }
  return (
    <td class={`of-${worst.verdict}`}>
      <a href={`#${encodeURIComponent(worst.all[0]?.id ?? '')}`} data-type={type.name} data-topic={topic.name}>
        {found.map(({ verdict, all }) => (
          <span key={verdict} class={verdict}>
            <span aria-hidden="true">{labels[verdict].sign}</span> {all.length}
            <Unseen> {labels[verdict].word} </Unseen>
          </span>
        ))}
      </a>
    </td>
  );
}

function Matrix({ report }: { report: Report }): JSX.Element {
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix">By topic and token type</h2>
      <div class="scroll" role="group" aria-labelledby="matrix" tabIndex={0}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">Topic</th>
              {tokenTypes.map(({ name, heading }) => (
                <th key={name} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tokenMatrix(report).map(({ topic, cells }) => (
              <tr key={topic.name}>
                <th scope="row">{topic.heading}</th>
                {tokenTypes.map((type, i) => (
                  <Cell key={type.name} cell={cells[i] ?? []} type={type} topic={topic} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the failures probably come from, each cause with its figures and what it breaks. */
function LikelyCauses({ diagnosis, requirements }: Report): JSX.Element | null {
  if (diagnosis === undefined) return null;
  const present = new Set(requirements.map(({ id }) => id));
  const links = (ids: readonly string[]): JSX.Element[] =>
    ids
      .filter((id) => present.has(id))
      .map((id) => (
        <span key={id}>
          <a href={`#${encodeURIComponent(id)}`}>{id}</a>{' '}
        </span>
      ));
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">{causesInWords(diagnosis)}</h2>
      {diagnosis.causes.map((cause) => (
        <div key={cause.defect}>
          <p>
            <b>{cause.title}</b> <code>{cause.defect}</code>
            <span class="line">{matchInWords(cause, diagnosis)}.</span>
          </p>
          {cause.alternatives.length > 0 && (
            <p>Matching as well: {cause.alternatives.map(({ title, defect }) => `${title} (${defect})`).join(' ')}</p>
          )}
          <p>
            <small>Breaks</small> {links(cause.explains)}
          </p>
        </div>
      ))}
      {diagnosis.causes.length > 0 && diagnosis.unexplained.length > 0 && (
        <p>Not explained: {links(diagnosis.unexplained)}</p>
      )}
    </section>
  );
}

/** What did not pass, the worst first, as links. */
function Attention({ requirements }: Report): JSX.Element | null {
  const found = verdicts
    .filter((verdict) => needsAttention(verdict))
    .flatMap((verdict) => requirements.filter((one) => one.verdict === verdict));
  if (found.length === 0) return null;
  return (
    <section aria-labelledby="not-passed">
      <h2 id="not-passed">What did not pass</h2>
      <ul class="index">
        {found.map(({ id, title, level, verdict }) => (
          <li key={id}>
            <Badge verdict={verdict} />
            <span class="level">{level}</span>
            <span class="title">
              <a href={`#${encodeURIComponent(id)}`}>{title}</a> <code>{id}</code>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Wire({ exchange }: { exchange: Exchange }): JSX.Element {
  const { request, response, error, durationMs } = exchange;
  const message = (first: string, headers: { name: string; value: string }[], body: string): string =>
    [first, ...headers.map(({ name, value }) => `${name}: ${value}`), ...(body === '' ? [] : ['', body])].join('\n');
  return (
    <li>
      <b>Request</b>
      <pre>{message(`${request.method} ${request.url}`, request.headers, request.body ?? '')}</pre>
      <b>Answer</b> <small>{durationMs} ms</small>
      <pre class="came">
        {response === undefined
          ? (error ?? 'no answer')
          : message(`${response.status}`, response.headers, response.body)}
      </pre>
    </li>
  );
}

function Check({ check }: { check: CheckResult }): JSX.Element {
  const { title, verdict, stalled, exchanges, curl, durationMs } = check;
  const shown = fittingExchanges(exchanges);
  const leftOut = exchanges.length - shown.length;
  const confirmation = confirmationInWords(check);
  return (
    <section class="check">
      <h3>
        <Badge verdict={verdict} /> {title} <small>{durationMs} ms</small>
      </h3>
      <Compared {...check} />
      {confirmation !== undefined && <p>{confirmation}</p>}
      {stalled !== undefined && <p>Run a second time: {stalled}</p>}
      {curl.length > 0 && verdict !== 'skip' && <Curl lines={curl} open={needsAttention(verdict)} />}
      {exchanges.length > 0 && (
        <details>
          <summary>
            {exchanges.length} {exchanges.length === 1 ? 'exchange' : 'exchanges'} with the target
          </summary>
          {leftOut > 0 && <p>The first {leftOut} are left out here. They stand in the JSON report.</p>}
          <ol class="wire" start={leftOut + 1}>
            {shown.map((exchange, i) => (
              <Wire key={i} exchange={exchange} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function Requirement({ requirement }: { requirement: RequirementResult }): JSX.Element {
  const { id, title, level, profile, verdict, reason, checks } = requirement;
  const attention = needsAttention(verdict);
  const advice = adviceOn(requirement);
  const clause = clauseUrlOf(id);
  return (
    <details
      class={attention ? 'requirement attention' : 'requirement'}
      id={id}
      open={attention}
      data-verdict={verdict}
      data-level={level}
      data-profile={profile}
      data-type={tokenTypeOf(id).name}
      data-topic={topicOf(id).name}
    >
      <summary>
        <Badge verdict={verdict} />
        <span class="level">{level}</span>
        <span class="title">
          {title} <code>{id}</code>
        </span>
      </summary>
      <div class="body">
        <Source {...requirement} />
        {advice !== undefined && (
          <p>
            <b>Impact:</b> {advice.impact} <b>Remediation:</b> {advice.remediation}
          </p>
        )}
        {!attention && reason !== undefined && <p>{reason}</p>}
        {verdict !== 'skip' && checks.map((check) => <Check key={check.title} check={check} />)}
        <p>
          <a href={`#${encodeURIComponent(id)}`}>Link to this requirement</a>
          {clause !== undefined && (
            <>
              {' · '}
              <a href={clause} rel="noreferrer">
                Clause in the specification
              </a>
            </>
          )}
        </p>
      </div>
    </details>
  );
}

const subjects = (of: ReadonlySet<Subject>): [string, string][] => [...of].map(({ name, heading }) => [name, heading]);

/** Search and filters. They need the script, and are hidden until it runs. */
function Filter({ requirements }: Report): JSX.Element {
  return (
    <form class="filter" role="search" aria-label="Requirements" hidden>
      <label class="text">
        Search
        <input type="search" name="text" autocomplete="off" spellcheck={false} />
      </label>
      <Choice name="verdict" label="Verdict" options={presentVerdicts(requirements.map(({ verdict }) => verdict))} />
      <Choice name="level" label="Level" options={present(requirements.map(({ level }) => level))} />
      <Choice name="profile" label="Profile" options={present(requirements.map(({ profile }) => profile))} />
      <Choice name="type" label="Token type" options={subjects(new Set(tokenTypes))} />
      <Choice name="topic" label="Topic" options={subjects(new Set(requirements.map(({ id }) => topicOf(id))))} />
      <div class="buttons">
        <button type="reset">Show all</button>
        <button type="button" name="open">
          Open those shown
        </button>
        <button type="button" name="evidence">
          Open with all evidence
        </button>
        <button type="button" name="close">
          Close all
        </button>
      </div>
    </form>
  );
}

/** The report as one self-contained page: no network, light and dark, to be printed and to be used without a mouse. */
export function renderHtml(given: Report): string {
  const report = fitForPage(given);
  return renderPage({
    title: `${outcomeInWords(report)}: ${report.target.url}`,
    script: reportScript,
    children: (
      <>
        <a class="skip-link" href="#requirements">
          Skip to the requirements
        </a>
        <Head report={report} />
        <main>
          <Tiles report={report} />
          {report.leftovers.map(({ kind, name, id, reason }) => (
            <p key={id} class="leftover">
              Left on the target: {kind} {name} ({id}): {reason}
            </p>
          ))}
          {report.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
          <LikelyCauses {...report} />
          <Attention {...report} />
          <Matrix report={report} />
          <div id="requirements" tabIndex={-1}>
            <Filter {...report} />
            <p class="count" role="status" />
            {byChapter(report).map(([chapter, requirements]) => (
              <section key={chapter} class="chapter">
                <h2>{chapter}</h2>
                {requirements.map((requirement) => (
                  <Requirement key={requirement.id} requirement={requirement} />
                ))}
              </section>
            ))}
          </div>
        </main>
      </>
    ),
  });
}
