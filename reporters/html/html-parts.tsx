import { createHash } from 'node:crypto';
import { Fragment, type ComponentChildren, type JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { CheckResult, Report, RequirementResult, Verdict } from '../../spec/generated/report.js';
import { adviceOf, classificationInWords } from '../advice.js';
import { style } from './html-assets.js';
import { verdictsByProfile } from '../../report/profile-verdicts.js';
import { eachProfileInWords, labels } from '../../report/wording.js';

/** Verdicts in the order of how much they matter to a reader. */
export const verdicts: readonly Verdict[] = ['fail', 'error', 'warn', 'pass', 'skip'];

/** Whether a verdict is one to look into. */
export const needsAttention = (verdict: Verdict): boolean => ['fail', 'error', 'warn'].includes(verdict);

/** Text for screen readers alone. */
export function Unseen({ children }: { children: ComponentChildren }): JSX.Element {
  return <span class="visually-hidden">{children}</span>;
}

/** A verdict as sign and word. */
export function Badge({ verdict }: { verdict: Verdict }): JSX.Element {
  const { sign, word } = labels[verdict];
  return (
    <span class={`badge ${verdict}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

/** The colour of an outcome: one that is not complete, or has a failure beside core, does not look like a certificate. */
export function toneOf(report: Report): Verdict {
  if (report.outcome === 'not-conformant') return 'fail';
  if (report.outcome === 'not-judged') return 'error';
  const [, ...others] = verdictsByProfile(report);
  return report.complete && others.every(({ outcome }) => outcome !== 'not-conformant') ? 'pass' : 'warn';
}

/** The verdict of each profile on a line, which ends between two of them where it has to. */
export function Profiles({ report }: { report: Report }): JSX.Element {
  return (
    <>
      {eachProfileInWords(report).map((one, i) => (
        <Fragment key={one}>
          {i > 0 && ' · '}
          <span class="of-profile">{one}</span>
        </Fragment>
      ))}
    </>
  );
}

/** The beginning of a run. */
export function When({ at }: { at: string }): JSX.Element {
  return <time dateTime={at}>{inWords(at)}</time>;
}

/** A time of the form 2026-11-24T10:00:00.000Z for readers. */
export const inWords = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;

/** What a requirement rests on. */
export function Source({ id, level, profile, source }: RequirementResult): JSX.Element {
  const advice = adviceOf(id);
  return (
    <div class="source">
      <p>
        <b>{level}</b>, profile {profile}
        {advice !== undefined && `, ${classificationInWords(advice)}`}.{' '}
        {source.document === 'seed' ? 'Specification' : source.document}, {source.section}:
      </p>
      <blockquote>{source.quote}</blockquote>
    </div>
  );
}

/** What was expected and what came; or, where nothing was compared, the reason of the verdict. */
export function Compared({ reason, expected, actual, counterexample }: CheckResult): JSX.Element {
  return (
    <>
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
    </>
  );
}

/** Shell lines, to be read and copied. */
export function Curl({ lines, open }: { lines: readonly string[]; open: boolean }): JSX.Element {
  return (
    <details class="reproduce" open={open}>
      <summary>Reproduce with curl</summary>
      <button type="button" class="copy" hidden>
        Copy the shell lines
      </button>
      <pre>{lines.join('\n')}</pre>
    </details>
  );
}

/** A term of a list of terms, and what is said of it. */
export function Fact({
  term,
  wide = false,
  children,
}: {
  term: string;
  /** Over the whole width. */
  wide?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={wide ? 'wide' : undefined}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A choice by which requirements are filtered. */
export function Choice({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, text: string])[];
}): JSX.Element {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">all</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The options of a choice among the values that occur. */
export const present = (values: readonly string[]): [string, string][] =>
  [...new Set(values)].map((value) => [value, value]);

/** The options of a choice among the verdicts that occur; first, where some do, all that need attention. */
export function presentVerdicts(found: readonly Verdict[]): [string, string][] {
  const open = verdicts.filter((verdict) => needsAttention(verdict));
  return [
    ...(found.some(needsAttention) ? [[open.join(' '), open.join(', ')] as [string, string]] : []),
    ...present(verdicts.filter((verdict) => found.includes(verdict))),
  ];
}

/** A Content-Security-Policy source for an inline style or script: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** What a page consists of. */
export interface PageContent {
  readonly title: string;
  /** The only script that may run. */
  readonly script: string;
  readonly children: ComponentChildren;
}

/** A self-contained page: it may load nothing, and run nothing but its own script. */
export function renderPage({ title, script, children }: PageContent): string {
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        {children}
        <p id="said" class="visually-hidden" role="status" />
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}
