import { existsSync } from 'node:fs';
import which from 'which';

/** A program beside Node and git that tests use as a reader of the documentation would. */
export interface Program {
  /** As in a tag `needs/…` of the tests that need it. */
  readonly name: string;
  /** What is tried out with it. */
  readonly use: string;
  /** What must be found on the PATH: one spelling of each. */
  readonly commands: readonly (readonly string[])[];
  /** An environment variable that may name the executable instead. */
  readonly variable?: string;
  /** Where it may be beside the PATH. */
  readonly places?: readonly string[];
  /** The package that brings it, by package manager; undefined where there is none. */
  readonly packages: { readonly apt?: string; readonly brew?: string; readonly winget?: string };
}

/** Every program that a test may need. */
export const programs = [
  {
    name: 'bash',
    use: 'shell lines of reports and workflows',
    commands: [['bash']],
    packages: { apt: 'bash', brew: 'bash', winget: 'Git.Git' },
  },
  {
    name: 'curl',
    use: 'shell lines of reports',
    commands: [['curl']],
    packages: { apt: 'curl', brew: 'curl', winget: 'cURL.cURL' },
  },
  {
    name: 'jq',
    use: 'shell lines of reports',
    commands: [['jq']],
    packages: { apt: 'jq', brew: 'jq', winget: 'jqlang.jq' },
  },
  {
    name: 'openssl',
    use: 'keys and tokens made in a shell',
    commands: [['openssl']],
    packages: { apt: 'openssl', brew: 'openssl', winget: 'ShiningLight.OpenSSL.Light' },
  },
  {
    name: 'chromium',
    use: 'pages and cookies in a browser',
    commands: [['chromium', 'chromium-browser']],
    variable: 'CHROMIUM',
    places: ['/Applications/Chromium.app/Contents/MacOS/Chromium'],
    packages: { apt: 'chromium', brew: '--cask chromium', winget: 'Hibbiki.Chromium' },
  },
  {
    name: 'redis-server',
    use: 'sessions that several servers share',
    commands: [['redis-server'], ['redis-cli']],
    packages: { apt: 'redis-server', brew: 'redis' },
  },
] as const satisfies readonly Program[];

export type ProgramName = (typeof programs)[number]['name'];

/**
 * Where the executable of a program is: where its variable says, else on the PATH, else where it is known to be installed.
 * @returns undefined when it, or another command that comes with it, is missing
 */
export function executableOf(
  { commands, variable, places = [] }: Program,
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): string | undefined {
  const named = variable === undefined ? undefined : env[variable];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const path = env['PATH'] ?? '';
  const found = commands.map((spellings) =>
    spellings.map((spelling) => which.sync(spelling, { nothrow: true, path })).find((place) => place !== null),
  );
  if (found.every((place) => place !== undefined)) return found[0];
  return places.find((place) => existsSync(place));
}

/** The executable of the program of a name. */
export const executable = (name: ProgramName): string | undefined =>
  executableOf(programs.find((program) => program.name === name) as Program);

/** The programs that are not here. */
export const missingPrograms = (env: Readonly<NodeJS.ProcessEnv> = process.env): readonly Program[] =>
  programs.filter((program) => executableOf(program, env) === undefined);
