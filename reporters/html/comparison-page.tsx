import type { JSX } from 'preact';
import type { Report, RequirementResult } from '../../spec/generated/report.js';
import { compared, named, unlike, type ComparedReport, type ComparedRequirement } from '../comparison.js';
import { comparisonScript } from './html-assets.js';
import {
  Badge,
  Choice,
  Compared,
  Curl,
  needsAttention,
  present,
  presentVerdicts,
  Profiles,
  renderPage,
  Source,
  toneOf,
  Unseen,
  verdicts,
  When,
} from './html-parts.js';
import { fitForPage } from './page-limits.js';
import { inNumbers, labels, productInWords } from '../../report/wording.js';

/** Where a report's part in a requirement is told. */
const anchorOf = (target: number, id: string): string => `${target + 1}:${id}`;
const linkTo = (anchor: string): string => `#${encodeURIComponent(anchor)}`;

/** A report's target by name and version; by its address where it has none. */
const titleOf = (report: Report): string => productInWords(report) ?? report.target.url.replace(/^https?:\/\//, '');

/** A report's target as the columns call it: by number and name. */
function labelOf(reports: readonly ComparedReport[], target: number): string {
  const report = reports[target]?.report;
  return report === undefined ? '' : `${target + 1}. ${titleOf(report)}`;
}

/** The verdicts of a report, those that occur. */
const countsOf = ({ summary: { requirements } }: Report): string =>
  verdicts
    .filter((verdict) => requirements[verdict] > 0)
    .map((verdict) => `${requirements[verdict]} ${labels[verdict].word}`)
    .join(', ');

function Certificates({ reports }: { reports: readonly ComparedReport[] }): JSX.Element {
  return (
    <section aria-labelledby="targets">
      <h2 id="targets">Targets</h2>
      <ol class="targets">
        {reports.map(({ name, report }, i) => (
          <li key={name} value={i + 1}>
            <h3>
              {i + 1}. {titleOf(report)}
            </h3>
            <p class="kicker">{report.target.url}</p>
            <p class={toneOf(report)}>
              <b>
                <Profiles report={report} />
              </b>
              {report.shard !== undefined && ` (shard ${report.shard.index} of ${report.shard.count})`}
            </p>
            <p>{countsOf(report)}</p>
            <p class="kicker">
              <When at={report.startedAt} />, {report.profiles.join(', ')}, suite {report.tool.version}, specification{' '}
              <code>{report.specification.sha256.slice(0, 12)}</code>, seed {report.seed}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The verdict of one target on one requirement, with the way to what is told of it. */
function Cell({ result, target }: { result: RequirementResult | undefined; target: number }): JSX.Element {
  if (result === undefined) {
    return (
      <td class="none">
        <span aria-hidden="true">·</span>
        <Unseen>not run</Unseen>
      </td>
    );
  }
  const { id, verdict } = result;
  const content = (
    <>
      <span aria-hidden="true">{labels[verdict].sign}</span>
      <Unseen>{labels[verdict].word}</Unseen>
    </>
  );
  return (
    <td class={`${verdict} of-${verdict}`}>
      {verdict === 'pass' ? content : <a href={linkTo(anchorOf(target, id))}>{content}</a>}
    </td>
  );
}

/** Columns that have room for headings which are read without turning the head. */
const LEVEL_HEADINGS = 6;

type Chapters = ReturnType<typeof compared>;

/** What the targets differ in as a chapter of its own before the others. */
function differencesFirst(chapters: Chapters): Chapters {
  const differing = chapters.flatMap(([, all]) => all.filter(({ differs }) => differs));
  if (differing.length === 0) return chapters;
  const alike = chapters.map(([chapter, all]): Chapters[number] => [chapter, all.filter(({ differs }) => !differs)]);
  return [
    [`Where they differ: ${inNumbers(differing.length, 'requirement')}`, differing],
    ...alike.filter(([, all]) => all.length > 0),
  ];
}

function Matrix({ reports, chapters }: { reports: readonly ComparedReport[]; chapters: Chapters }): JSX.Element {
  return (
    <section aria-labelledby="verdicts">
      <h2 id="verdicts">Verdicts</h2>
      <Filter reports={reports} chapters={chapters} />
      <p class="count" role="status" />
      <div class="scroll tall" role="group" aria-labelledby="verdicts" tabIndex={0}>
        <table class="comparison">
          <thead>
            <tr>
              <th scope="col">Requirement</th>
              {reports.map(({ name, report }, i) => (
                <th key={name} scope="col">
                  <span class={reports.length > LEVEL_HEADINGS ? 'upright' : 'level-heading'}>
                    {i + 1}. {titleOf(report)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          {differencesFirst(chapters).map(([chapter, requirements]) => (
            <tbody key={chapter} class="chapter">
              <tr>
                <th scope="rowgroup" class="heading">
                  {chapter}
                </th>
                <td colSpan={reports.length} />
              </tr>
              {requirements.map((row) => (
                <Row key={row.requirement.id} row={row} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}

/** What the rows are chosen by; shown where scripts run. */
function Filter({ reports, chapters }: { reports: readonly ComparedReport[]; chapters: Chapters }): JSX.Element {
  const all = chapters.flatMap(([, requirements]) => requirements);
  return (
    <form class="filter" role="search" aria-label="Requirements" hidden>
      <label class="text">
        Search
        <input type="search" name="text" autocomplete="off" spellcheck={false} />
      </label>
      <Choice
        name="verdict"
        label="Verdict of any"
        options={presentVerdicts(reports.flatMap(({ report }) => report.requirements.map(({ verdict }) => verdict)))}
      />
      <Choice name="level" label="Level" options={present(all.map(({ requirement }) => requirement.level))} />
      <Choice name="profile" label="Profile" options={present(all.map(({ requirement }) => requirement.profile))} />
      <label class="check-box">
        <input type="checkbox" name="differ" value="yes" /> only where they differ
      </label>
      <div class="buttons">
        <button type="reset">Show all</button>
      </div>
    </form>
  );
}

/** The verdicts on one requirement. */
function Row({ row }: { row: Chapters[number][1][number] }): JSX.Element {
  const { differs, requirement, results } = row;
  const { id, title, level, profile } = requirement;
  return (
    <tr
      class="requirement"
      data-id={id}
      data-verdict={[...new Set(results.flatMap((result) => result?.verdict ?? []))].join(' ')}
      data-level={level}
      data-profile={profile}
      data-differ={differs ? 'yes' : 'no'}
    >
      <th scope="row">
        {results.some((result) => result !== undefined && result.verdict !== 'pass') ? (
          <a href={linkTo(id)}>
            <code>{id}</code>
          </a>
        ) : (
          <code>{id}</code>
        )}{' '}
        <span class="long">
          {title} <small>{level}</small>
        </span>
      </th>
      {results.map((result, target) => (
        <Cell key={target} result={result} target={target} />
      ))}
    </tr>
  );
}

/** What the checks of one target came to, where it did not pass. */
function Finding({ name, target, result }: { name: string; target: number; result: RequirementResult }): JSX.Element {
  const { id, verdict, checks } = result;
  return (
    <details class="finding">
      <summary>
        <Badge verdict={verdict} /> <span class="title">{name}</span>
      </summary>
      {/* A link to something in a closed <details> opens it, one to the <details> itself does not. */}
      <div id={anchorOf(target, id)} tabIndex={-1}>
        {checks
          .filter((check) => needsAttention(check.verdict))
          .map((check) => (
            <div key={check.title} class="check">
              <h4>
                <Badge verdict={check.verdict} /> {check.title}
              </h4>
              <Compared {...check} />
              {check.curl.length > 0 && <Curl lines={check.curl} open />}
            </div>
          ))}
      </div>
    </details>
  );
}

/** What did not pass of one requirement, target by target. */
function Details({
  requirement,
  results,
  reports,
}: ComparedRequirement & { reports: readonly ComparedReport[] }): JSX.Element {
  const found = results.flatMap((result, target) =>
    result === undefined ? [] : [{ result, target, name: labelOf(reports, target) }],
  );
  return (
    <section class="details" id={requirement.id} data-id={requirement.id} tabIndex={-1}>
      <h3>
        {requirement.title} <code>{requirement.id}</code>
      </h3>
      <Source {...requirement} />
      {found
        .filter(({ result }) => needsAttention(result.verdict))
        .map(({ result, target, name }) => (
          <Finding key={target} name={name} target={target} result={result} />
        ))}
      <ul class="skipped">
        {found
          .filter(({ result }) => result.verdict === 'skip')
          .map(({ result, target, name }) => (
            <li key={target} id={anchorOf(target, requirement.id)} tabIndex={-1}>
              <Badge verdict="skip" /> {name}: {result.reason}
            </li>
          ))}
      </ul>
    </section>
  );
}

/**
 * Several reports side by side as one self-contained page: a row for each requirement, a column for each report, and what did not pass.
 * @param given at least one
 */
export function renderComparison(given: readonly Report[]): string {
  const reports = named(given.map((report) => fitForPage(report)));
  const differences = unlike(reports);
  const chapters = compared(reports.map(({ report }) => report));
  const notPassed = differencesFirst(chapters)
    .flatMap(([, requirements]) => requirements)
    .filter(({ results }) => results.some((result) => result !== undefined && result.verdict !== 'pass'));
  return renderPage({
    title: `Access-token conformance of ${reports.length} targets`,
    script: comparisonScript,
    children: (
      <>
        <a class="skip-link" href="#verdicts">
          Skip to the verdicts
        </a>
        <header>
          <p class="kicker">Access-token conformance comparison</p>
          <h1>{reports.length} reports</h1>
          {differences.length > 0 && (
            <ul class="leftover">
              {differences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </header>
        <main>
          <Certificates reports={reports} />
          <Matrix reports={reports} chapters={chapters} />
          {notPassed.length > 0 && (
            <section aria-labelledby="not-passed">
              <h2 id="not-passed">What did not pass</h2>
              {notPassed.map((one) => (
                <Details key={one.requirement.id} {...one} reports={reports} />
              ))}
            </section>
          )}
        </main>
      </>
    ),
  });
}
