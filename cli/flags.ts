import { Option, type Command } from 'commander';
import { formats } from '../reporters/renderers.js';

/** Collects the values of a flag that can be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** The flags that say what becomes of a report: where it goes, and whether it is good enough. */
export function withReportFlags(command: Command): Command {
  return command
    .option(
      '--report <format=file>',
      `write a report: ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)} (repeatable)`,
      collect,
    )
    .option(
      '--reporter <NAME>',
      'how the terminal shows the run: default, dots (a sign for each check), verbose, quiet, or github (annotations too)',
    )
    .option('--verbose', 'show each check, and all that did not pass with its evidence')
    .option('--quiet', 'show nothing but the verdict')
    .option('--json', 'print the JSON report on standard output, everything else on standard error')
    .option(
      '--fail-on <LEVEL>',
      'what makes the exit code 1: must (a failed MUST), should (a failed SHOULD too), any (a failed MAY too) (default: must)',
    )
    .option('--baseline <FILE>', 'tolerate the failures that this file lists, and no others')
    .option('--update-baseline', 'write what fails now into the file of --baseline')
    .option(
      '--require-profile <NAME>',
      'exit code 1 unless every requirement of this profile was judged (repeatable, or core,security)',
      collect,
    )
    .option('--max-skipped <N>', 'exit code 1 when more requirements were skipped: a number, or a share such as 10%')
    .option('--sign <KEY>', 'sign the report of --report json=FILE with this Ed25519 private key (a file, PEM or JWK)');
}

/** The flags that say how to run, for the main command and for `self-test`. */
export function withRunFlags(command: Command): Command {
  return withReportFlags(
    command
      .option('--profile <NAME>', 'run this profile: core, security or directus (repeatable; default: all)', collect)
      .option('--only <ID>', 'run only this requirement, or those of a glob such as standard.* (repeatable)', collect)
      .option('--skip <ID>', 'leave this requirement out, or those of a glob (repeatable)', collect)
      .option('--shard <I/N>', 'run one of several parts of what is left then: 2/3 is the second of three')
      .option('--timeout <TIME>', 'time limit of each request (default: 10s)')
      .option('--max-time <TIME>', 'time limit of the whole run: what is left then is not judged (default: 15m)')
      .option('--concurrency <N>', 'checks that may be under way at once (default: 8)')
      .option('--runs <N>', 'runs of each property-based check (default: 50)')
      .option('--seed <N>', 'seed of the property-based checks (default: random, shown in the report)')
      .option('--thorough', 'walk the lifecycle matrix cell by cell, which takes many more requests')
      .option('--evidence <failures|all>', 'keep the exchanges of these checks in the report (default: failures)')
      .addOption(
        new Option('--bail [N]', 'end the run after so many failed requirements (default when given: 1)').preset('1'),
      )
      .addOption(
        new Option(
          '--last-failed [REPORT]',
          'run only what did not pass in this JSON report (default: that of --report json=FILE)',
        ),
      )
      .option('--watch', 'run again when a file of the working directory or the target changes, until Ctrl-C')
      .option('--open', 'open the HTML report of --report html=FILE when the run has ended')
      .option('--shuffle', 'run the checks in random order, which the seed decides'),
  );
}

/** The flags that say how the target is reached and who may do what there. */
export function withTargetFlags(command: Command): Command {
  return command
    .option('--admin-email <EMAIL>', 'an administrator: the suite creates its own users and removes them again')
    .option('--admin-password <PASSWORD>', 'the password of the administrator')
    .option('--admin-token <TOKEN>', 'an access token of an administrator, instead of email and password')
    .option(
      '--header <NAME: VALUE>',
      'a header that a gateway in front of the target requires; its value is a secret (repeatable)',
      collect,
    )
    .option('--ca <FILE>', 'certificates to trust, in PEM, instead of those that Node ships with')
    .option('--client-cert <FILE>', 'the certificate of the client, in PEM')
    .option('--client-key <FILE>', 'the private key of the certificate of the client, in PEM')
    .option('--insecure', 'accept any certificate of the target; the report says so')
    .option('--connect-to <HOST:PORT>', "where to connect to, in place of host and port of the target's URL")
    .option('--wait <TIME>', 'wait up to this long for a target that is still starting');
}
