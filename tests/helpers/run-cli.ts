import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
/** The command as it is shipped: compiled. `npm test` builds it first. */
export const cli = `${root}dist/cli/main.js`;

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with the process as it runs, to send it signals. */
  readonly during?: (child: ChildProcess, output: () => string) => void;
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd = root, during }: CliOptions = {},
): Promise<Ended> {
  const start = performance.now();
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(AUTH_CONFORMANCE_|GITHUB_|VITEST|NODE_ENV|FORCE_COLOR|NO_COLOR)/.test(name),
    ),
  );
  const child = spawn(command, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  during?.(child, () => stdout + stderr);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout, stderr, ms: performance.now() - start };
}

/** Runs auth-conformance to its end. */
export async function runCli(args: readonly string[], options?: CliOptions): Promise<Ended> {
  return run(process.execPath, [cli, ...args], options);
}
