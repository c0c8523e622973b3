/**
 * Certifies a real Directus four times: with default settings, with its secret, and twice with tokens that live for seconds.
 * `npm run test:directus [-- VERSION …]`. Fails when what fails is not what known-failures.ts says, or when users are left behind.
 */
import type { Report } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { installDirectus, known, OBSERVED_VERSION, startDirectus } from './directus.js';
import { surprisesIn } from './known-failures.js';

const shortLives = { ACCESS_TOKEN_TTL: '3s' };
const shorterLives = { ACCESS_TOKEN_TTL: '3s', SESSION_COOKIE_TTL: '4s', REFRESH_TOKEN_TTL: '8s' };
const rounds = [
  { name: 'default settings', settings: {}, args: [], env: {} },
  { name: '--secret', settings: {}, args: [], env: { AUTH_CONFORMANCE_SECRET: known.secret } },
  { name: 'ACCESS_TOKEN_TTL=3s --patience', settings: shortLives, args: ['--patience', '14s'], env: {} },
  {
    name: 'all TTLs of seconds, --secret --patience',
    settings: shorterLives,
    args: ['--patience', '14s'],
    env: { AUTH_CONFORMANCE_SECRET: known.secret },
  },
];

/** The emails of all users, as the administrator sees them. */
async function usersOf(url: string): Promise<string[]> {
  const login = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: known.email, password: known.password }),
  });
  const { data } = (await login.json()) as { data: { access_token: string } };
  const list = await fetch(`${url}/users?fields=email&limit=-1`, {
    headers: { authorization: `Bearer ${data.access_token}` },
  });
  return ((await list.json()) as { data: { email: string }[] }).data.map(({ email }) => email);
}

async function certifyOnce(
  folder: string,
  version: string,
  { name, settings, args, env }: (typeof rounds)[number],
): Promise<boolean> {
  const directus = await startDirectus(folder, settings);
  try {
    const before = await usersOf(directus.url);
    const { stdout, stderr, code } = await runCli(['--target', directus.url, '--json', ...args], {
      env: { ...env, AUTH_CONFORMANCE_ADMIN_EMAIL: known.email, AUTH_CONFORMANCE_ADMIN_PASSWORD: known.password },
    });
    if (stdout === '') throw new Error(`${name}: no report. ${stderr}`);
    const report = JSON.parse(stdout) as Report;
    const { summary, outcome, requirements, durationMs, leftovers } = report;
    const after = await usersOf(directus.url);
    const { checks } = summary;
    console.log(
      `| ${name} | ${outcome} | ${summary.requirements.pass} of ${summary.requirements.total} | ${checks.total - checks.skip} | ${checks.skip} | ${checks.fail} | ${checks.error} | ${(durationMs / 1000).toFixed(1)} s | ${after.length - before.length} |`,
    );
    for (const requirement of requirements.filter(({ verdict }) => verdict !== 'pass')) {
      console.log(`  ${requirement.verdict} ${requirement.id}: ${requirement.reason ?? ''}`);
    }
    const { unexpected, passed } = surprisesIn(report, version);
    for (const id of unexpected) console.log(`  NOT KNOWN to fail on ${version}: ${id}`);
    for (const id of passed) console.log(`  KNOWN to fail on ${version}, and passed: ${id}`);
    const asKnown = unexpected.length + passed.length + summary.requirements.error === 0;
    const judged = code === 0 || code === 1;
    return asKnown && judged && leftovers.length === 0 && after.length === before.length;
  } finally {
    await directus.stop();
  }
}

const versions = process.argv.slice(2).length > 0 ? process.argv.slice(2) : [OBSERVED_VERSION];
let good = true;
for (const version of versions) {
  const folder = await installDirectus(version);
  console.log(
    `\nDirectus ${version}\n\n| run | outcome | requirements passed | checks run | skipped | failed | errors | time | users left |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |`,
  );
  for (const round of rounds) good = (await certifyOnce(folder, version, round)) && good;
}
process.exitCode = good ? 0 : 1;
