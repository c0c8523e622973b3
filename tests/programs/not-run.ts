import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { leftToAll } from '../projects.js';
import { missingPrograms } from './programs.js';
import { installing } from './installing.js';
import { tagOf } from './tags.js';

/** At the end of a run: which tests were not run because a program is missing, and which projects were left to `npm run test:all`. */
export class NotRun implements Reporter {
  #vitest: Vitest | undefined;

  constructor(private readonly print: (text: string) => void = (text) => void process.stdout.write(text)) {}

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const root = this.#vitest?.config.root ?? process.cwd();
    const lines: string[] = [];
    const lacking = missingPrograms().filter(({ name, use }) => {
      const files = skippedIn(modules, tagOf(name));
      const count = files.reduce((sum, { tests }) => sum + tests, 0);
      if (count > 0)
        lines.push(
          `  ${name} is missing (${use}): ${count} ${count === 1 ? 'test' : 'tests'}`,
          ...files.map(({ file, tests }) => `    ${relative(root, file)} (${tests})`),
        );
      return count > 0;
    });
    const asked = this.#vitest?.config.project ?? [];
    // `npm test` names several; who names one wants that one.
    const leftOut = asked.length > 1 ? leftToAll.filter((name) => !asked.includes(name)) : [];
    if (leftOut.length > 0) lines.push(`  left to npm run test:all: the projects ${leftOut.join(', ')}`);
    if (lines.length === 0) return;
    if (lacking.length > 0) lines.push('  To run them, install:', ...installing(lacking).map((line) => `  ${line}`));
    this.print(`${['\nNot run:', ...lines].join('\n')}\n`);
  }
}

/** How many tests with a tag were skipped, by file. */
function skippedIn(modules: readonly TestModule[], tag: string): readonly { file: string; tests: number }[] {
  return modules.flatMap(({ children, moduleId }) => {
    const tests = [...children.allTests('skipped')].filter((test) => test.tags.includes(tag)).length;
    return tests > 0 ? [{ file: moduleId, tests }] : [];
  });
}
