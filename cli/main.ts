#!/usr/bin/env node
import { Argument, Command, CommanderError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fail } from './failure.js';
import { collect, withReportFlags, withRunFlags, withTargetFlags } from './flags.js';
import { listRequirements, traits, withTraits, type Wanted } from './commands/list.js';
import { leave, surviveUnwritableStreams } from './output/standard-streams.js';
import type { DiffFlags } from './commands/diff.js';
import type { MergeFlags } from './commands/merge.js';
import type { ReportFlags } from './commands/report.js';
import type { ServeFlags } from './commands/serve.js';
import type { VerifyFlags } from './commands/verify.js';
import { guardAgainstEarlyEnd } from './output/ended-early.js';
import { rejectFlagsAsValues } from './flags-as-values.js';
import { doYouMean } from '../spec/values/suggestion.js';

const { version } = JSON.parse(
  readFileSync(
    new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url),
    'utf8',
  ),
) as { version: string };

// Node 22.1 and later keep what they have compiled: the next start is quicker (https://nodejs.org/api/module.html#module-compile-cache).
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const program = withRunFlags(
  withTargetFlags(
    new Command('auth-conformance')
      .description('Certifies a server against the Directus access-token specification.')
      .version(version)
      .option(
        '--target <URL>',
        'base URL of the server under test (repeatable: one is certified after the other)',
        collect,
      )
      .option('--email <EMAIL>', 'a user the suite may log in as')
      .option('--password <PASSWORD>', 'the password of that user')
      .option('--static-token <TOKEN>', "a user's static token, for targets where the suite may not create users")
      .option('--secret <SECRET>', "the target's own JWT secret: expired tokens can be minted")
      .addOption(
        new Option('--patience [TIME]', 'wait up to this long for a real expiry (default when given: 30s)').preset(
          '30s',
        ),
      )
      .option(
        '--clock-url <URL>',
        'a URL that advances the target\'s clock, by POST {"advanceMs": N}: real expiries, without a wait',
      )
      .option(
        '--protected-path <PATH>',
        'a path that needs a token, such as /items/secret: read without one, and as administrator (repeatable)',
        collect,
      )
      .option(
        '--user-fields <JSON>',
        'members that the target requires of each user, such as {"company":"Example"}: the users of the run have them',
      )
      .option(
        '--session-grace <TIME>',
        'how long the previous session token is accepted after a refresh (default: 10s)',
      )
      .option('--session-cookie <NAME>', 'name of the session cookie (default: directus_session_token)')
      .option('--refresh-cookie <NAME>', 'name of the refresh cookie (default: directus_refresh_token)')
      .option(
        '--cookie-secure <true|false>',
        'whether cookies must have the attribute Secure (default: true for a target at https)',
      )
      .option(
        '--directus-version <VERSION>',
        'the version of Directus to be judged as (default: the one that the target names, else the newest)',
      )
      .option('--name <NAME>', 'what the target is called in the report (default: Directus where it says so)')
      .option('--tester <NAME>', 'who certifies: a person or an organisation, named in the report')
      .option('--config <FILE>', 'configuration file (default: auth-conformance.config.{ts,js,mjs,json})')
      .argument('[URL]', 'the same as --target URL')
      .option('--list', 'list the requirements that would be run, and run none'),
  ),
)
  .addHelpText(
    'after',
    `
Each flag can be given as an environment variable too: --admin-password as AUTH_CONFORMANCE_ADMIN_PASSWORD.
That is the way for passwords, tokens and secrets, which the process list would show otherwise.

Exit codes: 0 conformant, 1 not conformant, or not what --fail-on, --baseline, --require-profile and --max-skipped ask for,
2 usage or configuration, or the target is conformant but a report could not be written, 3 target not judgeable. Of several targets, 1 goes before 2 and 3.`,
  )
  .enablePositionalOptions()
  .helpCommand(false)
  .allowExcessArguments()
  .action(async (url: string | undefined, flags: Record<string, unknown>, { args }: Command) => {
    const { watch, ...given } = withTarget(url, flags, args.length);
    if (watch === true) {
      const { watchRuns } = await import('./commands/watch.js');
      process.exitCode = await watchRuns(given, false);
      return;
    }
    const { certify } = await import('./commands/certify.js');
    process.exitCode = await certify(given);
  });

withRunFlags(
  program
    .command('self-test')
    .description('start the reference server on a free port and certify it: shows that this installation works'),
)
  .addOption(
    new Option(
      '--defect <NAME>',
      'make the reference server violate the specification in this way (repeatable; see `serve --list-defects`)',
    ).argParser(collect),
  )
  .action(async ({ watch, ...flags }: Record<string, unknown> & { defect?: string[] }) => {
    if (watch === true) {
      const { watchRuns } = await import('./commands/watch.js');
      process.exitCode = await watchRuns(flags, true);
      return;
    }
    const { selfTest } = await import('./commands/self-test.js');
    process.exitCode = await selfTest(flags);
  });

withTargetFlags(
  program
    .command('clean')
    .description('remove the users that earlier runs could not remove: those named as runs name theirs, and no others')
    .argument('[URL]', 'the same as --target URL')
    .option('--target <URL>', 'base URL of the server')
    .option('--timeout <TIME>', 'time limit of each request (default: 10s)')
    .option('--config <FILE>', 'configuration file (default: auth-conformance.config.{ts,js,mjs,json})'),
)
  .addHelpText(
    'after',
    '\nExit codes: 0 none is left, 2 usage or configuration, 3 some are left, or the target cannot be asked.',
  )
  .action(async (url: string | undefined, flags: Record<string, unknown>) => {
    const { clean } = await import('./commands/clean.js');
    process.exitCode = await clean(url === undefined ? flags : { target: url, ...flags });
  });

program
  .command('serve')
  .description('run the reference server; settings come from the environment, by the names that Directus uses')
  .option('--port <N>', 'port to listen on, 0 for a free one', '8055')
  .option('--host <HOST>', 'address to listen on', '127.0.0.1')
  .option('--base-path <PATH>', 'where the API begins, as /api (default: /)')
  .option('--tls-cert <FILE>', 'certificate in PEM: serve https')
  .option('--tls-key <FILE>', 'private key of the certificate in PEM')
  .option('--seed-file <FILE>', 'users, roles, content and permissions to begin with (JSON)')
  .option('--allow-insecure', 'listen where other machines reach it, even with the default password or a short SECRET')
  .option('--defect <NAME>', 'violate the specification in this way (repeatable)', collect)
  .addOption(
    new Option(
      '--persist <FILE>',
      'keep users and sessions in this SQLite file, which is created when it is not there',
    ).env('AUTH_CONFORMANCE_PERSIST'),
  )
  .addOption(
    new Option('--store <URL>', 'share users and sessions by Redis: redis://host:port/db').env(
      'AUTH_CONFORMANCE_STORE',
    ),
  )
  .addOption(new Option('--log <FORMAT>', 'print a line for each request').choices(['json']))
  .option(
    '--cors [ORIGIN]',
    'let pages of this origin read the answers, as http://localhost:5173; of every origin without one',
  )
  .option('--list-defects', 'list the defects and the requirements they break')
  .option('--time-travel', 'let administrators advance the clock, on the studio page /admin')
  .addHelpText(
    'after',
    `
Settings, from the environment:
  lifetimes      ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SESSION_COOKIE_TTL, SESSION_REFRESH_GRACE_PERIOD (as 15m, 7d, 10s)
  cookies        SESSION_COOKIE_ and REFRESH_TOKEN_COOKIE_ with NAME, SECURE, SAME_SITE, DOMAIN
  accounts       ADMIN_EMAIL, ADMIN_PASSWORD, SECRET, LOGIN_STALL_TIME
  registration   RATE_LIMITER_REGISTRATION_ENABLED, RATE_LIMITER_REGISTRATION_POINTS, RATE_LIMITER_REGISTRATION_DURATION
  other origins  CORS_ENABLED, CORS_ORIGIN, CORS_METHODS, CORS_ALLOWED_HEADERS, CORS_EXPOSED_HEADERS, CORS_CREDENTIALS,
                 CORS_MAX_AGE
  email links    PUBLIC_URL, PASSWORD_RESET_URL_ALLOW_LIST, USER_INVITE_URL_ALLOW_LIST, USER_REGISTER_URL_ALLOW_LIST`,
  )
  .action(async (flags: ServeFlags) => {
    const { serve } = await import('./commands/serve.js');
    await serve(flags);
    stays = true;
  });

program
  .command('list')
  .description('list the requirements: all of them, or those of a profile, level, token type, topic and severity')
  .option('--json', 'as JSON')
  .addOption(new Option('--profile <NAME>', 'those of a profile').choices(traits.profile))
  .addOption(new Option('--level <LEVEL>', 'those of a level').choices(traits.level))
  .addOption(new Option('--token-type <TYPE>', 'those about a token type').choices(traits.tokenType))
  .addOption(new Option('--topic <TOPIC>', 'those about a topic').choices(traits.topic))
  .addOption(new Option('--severity <SEVERITY>', 'those of a severity').choices(traits.severity))
  .action(async ({ json, ...wanted }: Wanted & { json?: boolean }) => {
    const { requirements } = await import('../spec/catalogue.js');
    process.stdout.write(listRequirements(withTraits(requirements, wanted), json === true));
  });

withReportFlags(
  program
    .command('merge')
    .argument('<report...>', 'JSON reports of shards of one run')
    .description(
      'put the JSON reports of shards together into one report; ends with the exit code that the whole run has',
    )
    .option('--allow-missing', 'go on when the reports of some shards are missing')
    .option('--allow-unsigned', 'with --sign: take parts that are not signed, too; the report says which they are')
    .option(
      '--part-key <PUB>',
      'with --sign: a public key that parts may be signed with, beside that of --sign (repeatable)',
      collect,
    ),
).action(async (reports: string[], flags: MergeFlags) => {
  const { merge } = await import('./commands/merge.js');
  process.exitCode = await merge(reports, { ...flags });
});

program
  .command('verify')
  .argument('<report>', 'a JSON report that was signed by --sign')
  .description('tell whether a signed report is untouched, by whom it was signed and for which target')
  .requiredOption('--key <PUB>', 'the Ed25519 public key that it must be signed with (a file, PEM or JWK)')
  .option('--attestation <FILE>', 'where the signature is (default: the report with .intoto.json after its name)')
  .option('--target <URL>', 'the target that the report must be of')
  .action(async (report: string, flags: VerifyFlags) => {
    const { verify } = await import('./commands/verify.js');
    process.exitCode = await verify(report, flags);
  });

program
  .command('diff')
  .argument('<old>', 'a JSON report')
  .argument('<new>', 'a later one')
  .description('compare two JSON reports: exit code 1 when something regressed')
  .option('--strict', 'count it as a regression, too, when a requirement that passed is not judged any more')
  .option('--json', 'print the comparison as JSON')
  .action(async (before: string, after: string, flags: DiffFlags) => {
    const { diff } = await import('./commands/diff.js');
    process.exitCode = diff(before, after, flags);
  });

program
  .command('report')
  .argument('<report...>', 'JSON reports')
  .description('make an HTML report of a JSON report; of several, a page that compares them')
  .requiredOption('--html <FILE>', 'write the page into this file')
  .action(async (reports: string[], flags: ReportFlags) => {
    const { writeReport } = await import('./commands/report.js');
    await writeReport(reports, flags);
  });

program
  .command('explain')
  .argument('<id>', 'a requirement id')
  .option('--json', 'as JSON')
  .description('explain a requirement: statement, impact, remediation, source, how it is checked and what that needs')
  .action(async (id: string, { json }: { json?: boolean }) => {
    const { explain, explainAsJson } = await import('./commands/explain.js');
    process.stdout.write(json === true ? explainAsJson(id) : explain(id));
  });

program
  .command('init')
  .addArgument(new Argument('<system>', 'where the workflow is to run').choices(['github', 'gitlab']))
  .description('write a workflow that certifies the server of this repository')
  .option('--target <URL>', 'base URL of the server in the workflow (default: http://127.0.0.1:8055)')
  .option(
    '--package <SOURCE>',
    'where npm takes this package from: a tarball or a Git repository (default: the npm registry)',
  )
  .option('--force', 'overwrite a workflow that is there')
  .action(async (system: 'github' | 'gitlab', flags: { target?: string; package?: string; force?: boolean }) => {
    const { init } = await import('./commands/init.js');
    process.stdout.write(init(system, { ...flags, version, directory: process.cwd() }));
  });

program
  .command('version')
  .description('print the version')
  .action(() => {
    process.stdout.write(`${version}\n`);
  });

program
  .command('help')
  .argument('[command]', 'a command')
  .description('show the help of a command')
  .action((name?: string) => {
    const found = name === undefined ? program : program.commands.find((command) => command.name() === name);
    if (found === undefined) throw unknownCommand(name ?? '');
    found.outputHelp();
  });

/**
 * The flags with a URL that stands by itself as their target.
 * @param count how many arguments there are
 * @throws CommanderError when it is no URL: a command that there is not; when there are several
 */
function withTarget(url: string | undefined, flags: Record<string, unknown>, count: number): Record<string, unknown> {
  if (url === undefined) return flags;
  if (/^[\w.+-]+:\/\/|^(?:[\w.-]+|\[[\da-f:]+\]):\d+(?:\/|$)/i.test(url) && !/^https?:\/\//i.test(url))
    throw new CommanderError(2, 'commander.invalidArgument', `'${url}' must begin with http:// or https://`);
  if (!/^https?:\/\//i.test(url)) throw unknownCommand(url);
  if (count > 1)
    throw new CommanderError(2, 'commander.excessArguments', 'one URL can stand by itself: give each by --target URL');
  const targets = (flags['target'] ?? []) as string[];
  return { ...flags, target: [...targets, url] };
}

function unknownCommand(name: string): CommanderError {
  const known = program.commands.map((command) => command.name());
  return new CommanderError(2, 'commander.unknownCommand', `unknown command '${name}'.${doYouMean(name, known)}`);
}

/** Makes commander throw rather than exit, for every command. */
function throwOnExit(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(throwOnExit);
}
throwOnExit(program);
rejectFlagsAsValues(program);

surviveUnwritableStreams();

/** Commands that go on when they have been carried out. */
let stays = false;
let code: number;
const isDone = guardAgainstEarlyEnd();
try {
  await program.parseAsync();
  code = Number(process.exitCode ?? 0);
} catch (error) {
  stays = false;
  code = fail(error);
}
isDone();
if (!stays) await leave(code);
