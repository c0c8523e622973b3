import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import type { CheckResult, Exchange, Report, RequirementResult } from '../../spec/generated/report.js';
import { adviceOn } from '../advice.js';
import { clauseUrlOf } from '../specification-link.js';
import { Advice } from './advice.js';
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
  Unseen,
  verdicts,
} from './html-parts.js';
import { LikelyCauses } from './likely-causes.js';
import { Facts, Head } from './report-head.js';
import { exemplaryIn, notPassedOf } from '../simplest.js';
import { tokenMatrix, tokenTypeOf, tokenTypes, topicOf, type Subject } from '../matrix.js';
import { fitForPage, fittingExchanges } from './page-limits.js';
import {
  byChapter,
  confirmationInWords,
  inNumbers,
  labels,
  outcomeInWords,
  productInWords,
} from '../../report/wording.js';

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

/** What did not pass, the simplest first, as links. */
function Attention({ requirements }: Report): JSX.Element | null {
  const found = notPassedOf({ requirements });
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

/** The exchanges that the page shows of each check. */
const Shown = createContext<ReadonlyMap<CheckResult, readonly Exchange[]>>(new Map());

function Check({ check }: { check: CheckResult }): JSX.Element {
  const { title, verdict, stalled, exchanges, curl, durationMs } = check;
  const shown = useContext(Shown).get(check) ?? [];
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
      {exchanges.length > 0 && shown.length === 0 && (
        <p>
          <small>{inNumbers(exchanges.length, 'exchange')} with the target: in the JSON report.</small>
        </p>
      )}
      {shown.length > 0 && (
        <details>
          <summary>{inNumbers(exchanges.length, 'exchange')} with the target</summary>
          {leftOut > 0 && <p>The first {leftOut} are left out here. They are in the JSON report.</p>}
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

/** A check that passed, of which the report says no more: a line of the page. */
const isPlainPass = ({ verdict, exchanges, curl, stalled, shortfall }: CheckResult): boolean =>
  verdict === 'pass' && exchanges.length + curl.length === 0 && (stalled ?? shortfall) === undefined;

/** The checks of a requirement, those that passed after the others. */
function Checks({ checks }: { checks: readonly CheckResult[] }): JSX.Element {
  const passed = checks.filter(isPlainPass);
  return (
    <>
      {checks
        .filter((check) => !isPlainPass(check))
        .map((check) => (
          <Check key={check.title} check={check} />
        ))}
      {passed.length > 0 && (
        <ul class="passed">
          {passed.map(({ title, durationMs }) => (
            <li key={title}>
              {title} <small>{durationMs} ms</small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Requirement({
  requirement,
  isExemplary,
}: {
  requirement: RequirementResult;
  isExemplary: boolean;
}): JSX.Element {
  const { id, title, level, profile, verdict, reason, checks } = requirement;
  const attention = needsAttention(verdict);
  const advice = adviceOn(requirement);
  const clause = clauseUrlOf(id);
  return (
    <details
      class={['requirement', ...(attention ? ['attention'] : []), ...(isExemplary ? ['exemplary'] : [])].join(' ')}
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
        {advice !== undefined && <Advice {...advice} />}
        {!attention && reason !== undefined && <p>{reason}</p>}
        {verdict !== 'skip' && <Checks checks={checks} />}
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
  const exemplary = exemplaryIn(report);
  return renderPage({
    title: `${outcomeInWords(report)}: ${productInWords(report) ?? report.target.url}`,
    script: reportScript,
    children: (
      <Shown.Provider value={fittingExchanges(report)}>
        <a class="skip-link" href="#requirements">
          Skip to the requirements
        </a>
        <Head report={report} />
        <main>
          <LikelyCauses {...report} />
          <Facts report={report} />
          <Tiles report={report} />
          {report.leftovers.map(({ kind, name, id, reason }) => (
            <p key={id} class="leftover">
              Left on the target: {kind} {name} ({id}): {reason}
            </p>
          ))}
          {report.notes.map((note) => (
            <p key={note}>Note: {note}</p>
          ))}
          <Attention {...report} />
          <Matrix report={report} />
          <div id="requirements" tabIndex={-1}>
            <Filter {...report} />
            <p class="count" role="status" />
            {byChapter(report).map(([chapter, requirements]) => (
              <section key={chapter} class="chapter">
                <h2>{chapter}</h2>
                {requirements.map((requirement) => (
                  <Requirement
                    key={requirement.id}
                    requirement={requirement}
                    isExemplary={exemplary.has(requirement.id)}
                  />
                ))}
              </section>
            ))}
          </div>
        </main>
      </Shown.Provider>
    ),
  });
}
