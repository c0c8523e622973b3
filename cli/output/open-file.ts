import { spawn } from 'node:child_process';

/** What opens a file with the program that it belongs to, by operating system. */
const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a file with the program that it belongs to. Where there is none, standard error says so: a run does not depend on it. */
export function openFile(file: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, file], { stdio: 'ignore', detached: true })
    .on('error', () => process.stderr.write(`auth-conformance: ${command} is not there to open ${file}\n`))
    .unref();
}
