import { createHash } from 'node:crypto';
import type { CheckResult, Report, RequirementResult } from '../spec/generated/report.js';
import { neutralReport } from '../report/foreign-text.js';
import { verdictsByProfile } from '../report/profile-verdicts.js';
import { confirmationInWords } from '../report/wording.js';
import { jsonText } from '../report/files/json-text.js';
import { adviceOf, classificationInWords } from './advice.js';
import { clauseUrlOf } from './specification-link.js';

/** SARIF levels: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html, 3.27.10. */
const levels = { MUST: 'error', SHOULD: 'warning', MAY: 'note' } as const;

/** Text of a message as text: braces would be placeholders (3.11.5), square brackets links (3.11.6). */
function literal(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

const sourceOf = ({ source }: RequirementResult): string =>
  `${source.document === 'seed' ? 'Specification' : source.document}, ${source.section}: "${source.quote}"`;

/** GitHub sorts alerts by this number, 0 to 10: "SARIF support for code scanning", `security-severity`. */
const securitySeverities = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' } as const;

function ruleOf(requirement: RequirementResult): object {
  const { id, title, level, profile } = requirement;
  const advice = adviceOf(id);
  const help = [
    title,
    ...(advice === undefined
      ? []
      : [
          `Impact: ${advice.impact}`,
          `Remediation: ${advice.remediation}`,
          `Classification: ${classificationInWords(advice)}`,
        ]),
    sourceOf(requirement),
    `auth-conformance explain ${id}`,
  ];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: sourceOf(requirement) },
    help: { text: help.join('\n') },
    helpUri: clauseUrlOf(id),
    defaultConfiguration: { level: levels[level] },
    properties: {
      tags: [profile, ...(advice?.cwe ?? []).map((number) => `external/cwe/cwe-${number}`)],
      level,
      ...(advice && { 'security-severity': securitySeverities[advice.severity] }),
    },
  };
}

/** An id as one segment of a path: RFC 3986, section 3.3. */
const segmentOf = (id: string): string => (/^\.*$/.test(id) ? 'unnamed' : encodeURIComponent(id));

/** The same for the same check of the same requirement, whatever the target is called and answers. */
const fingerprintOf = (id: string, title: string): string =>
  createHash('sha256').update(`${id}\n${title}`).digest('hex');

/**
 * A check that failed or warned. GitHub wants a physical location and takes relative paths for files of the repository; an
 * absolute one must be of the checkout ("SARIF support for code scanning"). The target has no file there, and its address may
 * change from run to run: the requirement stands for it, and the target's URL is the logical location.
 */
function resultOf(
  { id, title: sentence, verdict }: RequirementResult,
  ruleIndex: number,
  check: CheckResult,
  url: string,
): object {
  const { title, reason = '', expected, actual = '', counterexample, curl } = check;
  const message = [
    sentence,
    `Check: ${title}`,
    ...(expected === undefined ? [reason] : [`expected ${expected}`, `actual ${actual}`]),
    ...(counterexample === undefined ? [] : [`counterexample ${counterexample}`]),
    ...[confirmationInWords(check) ?? []].flat(),
  ].join('\n');
  return {
    ruleId: id,
    ruleIndex,
    kind: 'fail',
    level: verdict === 'warn' ? 'warning' : 'error',
    message: { text: literal(message) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: `auth-conformance/${segmentOf(id)}` }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: url, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'authConformanceCheck/v1': fingerprintOf(id, title) },
    properties: { reproduce: curl },
  };
}

/** What could not be judged, or was skipped: no result, for GitHub makes an alert of each result, whatever its kind. */
function notificationOf({ id, title, verdict, reason = '' }: RequirementResult, ruleIndex: number): object {
  return {
    level: verdict === 'error' ? 'error' : 'note',
    message: { text: literal(`${verdict === 'error' ? 'Not judged' : 'Skipped'}: ${title} ${reason}`) },
    associatedRule: { id, index: ruleIndex },
  };
}

/**
 * The report as SARIF 2.1.0: a rule for each requirement of the run, a result for each check that failed or warned, a
 * notification for each requirement that was skipped or not judged.
 */
export function renderSarif(given: Report): string {
  const report = neutralReport(given);
  const { requirements, target, tool } = report;
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules: requirements.map(ruleOf) } },
        automationDetails: { id: 'auth-conformance/' },
        invocations: [
          {
            executionSuccessful: report.summary.requirements.error === 0,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
            toolExecutionNotifications: requirements.flatMap((one, index) =>
              one.verdict === 'error' || one.verdict === 'skip' ? [notificationOf(one, index)] : [],
            ),
          },
        ],
        results: requirements.flatMap((one, index) =>
          one.verdict === 'fail' || one.verdict === 'warn'
            ? one.checks
                .filter(({ verdict }) => verdict === one.verdict)
                .map((check) => resultOf(one, index, check, target.url))
            : [],
        ),
        properties: {
          target: target.url,
          ...(target.judgedAs && { judgedAs: `Directus ${target.judgedAs.version}` }),
          outcome: report.outcome,
          complete: report.complete,
          profiles: report.profiles,
          byProfile: verdictsByProfile(report),
          seed: report.seed,
        },
      },
    ],
  };
  return `${jsonText(log, 2)}\n`;
}
