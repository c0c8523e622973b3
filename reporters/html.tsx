import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { CheckResult, Exchange, Report, RequirementResult, Verdict } from '../spec/generated/report.js';
import { script, style } from './html-assets.js';
import { byChapter, harmless, labels, outcomeInWords, whatIsOpen } from './verdict-labels.js';

const verdicts: readonly Verdict[] = ['fail', 'error', 'warn', 'pass', 'skip'];

function Badge({ verdict }: { verdict: Verdict }): JSX.Element {
  const { sign, word } = labels[verdict];
  return (
    <span class={`badge ${verdict}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

function Head({ report }: { report: Report }): JSX.Element {
  const { tool, specification, target, startedAt, durationMs, profiles, capabilities, seed } = report;
  const open = whatIsOpen(report);
  const tone =
    report.outcome === 'conformant'
      ? report.complete
        ? 'pass'
        : 'warn'
      : report.outcome === 'not-judged'
        ? 'error'
        : 'fail';
  const given = capabilities.filter((capability) => capability.given).map(({ name }) => name);
  const missing = capabilities.filter((capability) => !capability.given);
  return (
    <header>
      <p class="kicker">Access-token conformance report</p>
      <h1>{target.url}</h1>
      <p class={`outcome ${tone}`}>
        <strong>{outcomeInWords(report)}</strong>
        {open !== undefined && <span>{open}</span>}
      </p>
      <dl class="facts">
        <div>
          <dt>Date</dt>
          <dd>
            <time dateTime={startedAt}>{startedAt.slice(0, 19).replace('T', ' ')} UTC</time>,{' '}
            {(durationMs / 1000).toFixed(1)} s
          </dd>
        </div>
        <div>
          <dt>Suite</dt>
          <dd>
            {tool.name} {tool.version}, seed {seed}
          </dd>
        </div>
        <div>
          <dt>Specification</dt>
          <dd>
            {specification.title} <code title={specification.sha256}>{specification.sha256.slice(0, 12)}</code>
          </dd>
        </div>
        <div>
          <dt>Profiles</dt>
          <dd>{profiles.join(', ')}</dd>
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
                <span key={name} class="missing">
                  {name} <small>{how}</small>
                </span>
              ))}
            </dd>
          </div>
        )}
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

function Wire({ exchange }: { exchange: Exchange }): JSX.Element {
  const { request, response, error, durationMs } = exchange;
  const headers = (list: { name: string; value: string }[]): string =>
    list.map(({ name, value }) => `${name}: ${value}`).join('\n');
  const sent = [
    `${request.method} ${request.url}`,
    headers(request.headers),
    ...(request.body === undefined ? [] : ['', request.body]),
  ];
  const came =
    response === undefined
      ? [error ?? 'no answer']
      : [
          `${response.status}  (${durationMs} ms)`,
          headers(response.headers),
          ...(response.body === '' ? [] : ['', response.body]),
        ];
  return (
    <li>
      <pre class="sent" tabIndex={0} aria-label="Request">
        {sent.filter((part, i) => part !== '' || i > 1).join('\n')}
      </pre>
      <pre class="came" tabIndex={0} aria-label="Answer">
        {came.join('\n')}
      </pre>
    </li>
  );
}

function Check({ check }: { check: CheckResult }): JSX.Element {
  const { title, verdict, reason, expected, actual, counterexample, exchanges, curl, durationMs } = check;
  return (
    <section class="check">
      <h4>
        <Badge verdict={verdict} /> {title} <small>{durationMs} ms</small>
      </h4>
      {expected === undefined ? (
        reason !== undefined && <p>{reason}</p>
      ) : (
        <dl class="compared">
          <div>
            <dt>Expected</dt>
            <dd>{expected}</dd>
          </div>
          <div>
            <dt>Actual</dt>
            <dd>{actual}</dd>
          </div>
        </dl>
      )}
      {counterexample !== undefined && (
        <p>
          Counterexample: <code>{counterexample}</code>
        </p>
      )}
      {exchanges.length > 0 && (
        <details>
          <summary>
            {exchanges.length} {exchanges.length === 1 ? 'exchange' : 'exchanges'} with the target
          </summary>
          <ol class="wire">
            {exchanges.map((exchange, i) => (
              <Wire key={i} exchange={exchange} />
            ))}
          </ol>
        </details>
      )}
      {curl.length > 0 && verdict !== 'skip' && (
        <details open={verdict === 'fail' || verdict === 'warn'}>
          <summary>Reproduce with curl</summary>
          <pre class="curl" tabIndex={0} aria-label="Shell lines">
            {curl.join('\n')}
          </pre>
        </details>
      )}
    </section>
  );
}

function Requirement({ requirement }: { requirement: RequirementResult }): JSX.Element {
  const { id, title, level, profile, source, verdict, reason, checks } = requirement;
  const attention = verdict === 'fail' || verdict === 'warn' || verdict === 'error';
  return (
    <details
      class="requirement"
      id={id}
      open={attention}
      data-verdict={verdict}
      data-text={`${id} ${title} ${level} ${profile}`.toLowerCase()}
    >
      <summary>
        <Badge verdict={verdict} />
        <span class="title">
          {title} <code>{id}</code>
        </span>
      </summary>
      <div class="body">
        <p>
          <b>{level}</b>, profile {profile}. {source.document === 'seed' ? 'Specification' : source.document},{' '}
          {source.section}:
        </p>
        <blockquote>{source.quote}</blockquote>
        {verdict === 'skip' && <p>{reason}</p>}
        {verdict !== 'skip' && checks.map((check) => <Check key={check.title} check={check} />)}
      </div>
    </details>
  );
}

function Page({ report }: { report: Report }): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${outcomeInWords(report)}: ${report.target.url}`}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
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
          <form class="filter" role="search" hidden>
            <label>
              Search <input type="search" name="text" autocomplete="off" />
            </label>
            <label>
              Verdict{' '}
              <select name="verdict">
                <option value="">all</option>
                {verdicts.map((verdict) => (
                  <option key={verdict} value={verdict}>
                    {labels[verdict].word}
                  </option>
                ))}
              </select>
            </label>
            <output aria-live="polite" />
          </form>
          {byChapter(report).map(([chapter, requirements]) => (
            <section key={chapter} class="chapter">
              <h2>{chapter}</h2>
              <h3 class="visually-hidden">Requirements</h3>
              {requirements.map((requirement) => (
                <Requirement key={requirement.id} requirement={requirement} />
              ))}
            </section>
          ))}
        </main>
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
}

/** The report as one self-contained page: no network, light and dark, to be printed and to be used without a mouse. */
export function renderHtml(report: Report): string {
  return `<!doctype html>\n${renderToString(<Page report={harmless(report)} />)}\n`;
}
