import type { Program } from './programs.js';

/** How packages are installed, by system. */
const systems = [
  { system: 'Debian', manager: 'apt', command: 'sudo apt-get install' },
  { system: 'macOS', manager: 'brew', command: 'brew install' },
  { system: 'Windows', manager: 'winget', command: 'winget install' },
] as const;

/** Lines that install programs, one for each system, and which of them a system has no package of. */
export function installing(missing: readonly Program[]): readonly string[] {
  return systems.map(({ system, manager, command }) => {
    const packages = missing.flatMap(({ packages: by }) => by[manager] ?? []);
    // What is installed in a way of its own, as `--cask chromium`, is a command of its own.
    const [plain, special] = [false, true].map((isSpecial) =>
      packages.filter((name) => name.startsWith('--') === isSpecial),
    ) as [string[], string[]];
    const commands = [...(plain.length > 0 ? [plain.join(' ')] : []), ...special].map((names) => `${command} ${names}`);
    const without = missing.filter(({ packages: by }) => by[manager] === undefined).map(({ name }) => name);
    const none = without.length > 0 ? [`(no package of ${without.join(', ')})`] : [];
    return `  ${`${system}:`.padEnd(9)} ${[commands.join(' && '), ...none].filter((part) => part !== '').join(' ')}`;
  });
}

/** Programs and what they are for, as a list in a sentence. */
export const named = (missing: readonly Program[]): string =>
  missing.map(({ name, use, variable }) => `${name} (${use}${whereItIs(variable)})`).join(', ');

const whereItIs = (variable: string | undefined): string => (variable === undefined ? '' : `; ${variable} may name it`);
