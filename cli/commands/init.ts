import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemas } from '../../spec/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import { ConfigurationError } from '../../report/errors.js';
import { gitHubWorkflow, gitLabJob, mark } from './init-templates.js';

/** How `init` goes about it. */
export interface InitOptions {
  readonly target?: string;
  /** Overwrite what is there. */
  readonly force?: boolean;
  /** The version of this package. */
  readonly version: string;
  /** Root of the repository. */
  readonly directory: string;
}

const secrets = 'AUTH_CONFORMANCE_ADMIN_EMAIL and AUTH_CONFORMANCE_ADMIN_PASSWORD';

/**
 * Writes a workflow that certifies the server of a repository.
 * @returns what to tell the user: what was written, and what is left to do
 * @throws ConfigurationError when there is a file already, it cannot be written, or the target is no base URL
 */
export function init(system: 'github' | 'gitlab', options: InitOptions): string {
  const { directory, force = false, version } = options;
  const values = { version, target: quotable(options.target ?? 'http://127.0.0.1:8055') };
  if (system === 'github') {
    const file = '.github/workflows/auth-conformance.yml';
    write(join(directory, file), gitHubWorkflow(values), { file, force });
    return `wrote ${file}\n\nWhat is left to do:\n  start your server in its step "Start the server"\n  set the secrets ${secrets}\n`;
  }
  const own = join(directory, '.gitlab-ci.yml');
  const others = existsSync(own) && !readFileSync(own, 'utf8').startsWith(mark);
  const file = others ? '.gitlab/auth-conformance.gitlab-ci.yml' : '.gitlab-ci.yml';
  write(join(directory, file), gitLabJob(values), { file, force });
  const include = others ? `  add to .gitlab-ci.yml:\n    include:\n      - local: ${file}\n` : '';
  return `wrote ${file}\n\nWhat is left to do:\n${include}  start your server in its before_script\n  set the CI/CD variables ${secrets}\n`;
}

/**
 * A base URL that means the same to YAML, GitHub (expressions) and GitLab (variables).
 * @throws ConfigurationError when it is none
 */
function quotable(target: string): string {
  const [problem] = compileValidator(Object.values(schemas), 'configuration.schema.json')({ target });
  if (problem !== undefined) throw new ConfigurationError(`--target ${problem.message}`);
  const { username, password } = new URL(target);
  if (username + password !== '')
    throw new ConfigurationError(
      '--target holds a password, which would be written to the file: give it without, and set AUTH_CONFORMANCE_TARGET from a secret there',
    );
  return new URL(target).href
    .replace(/(?<!\/)\/+$/, '')
    .replace(/["$'\\{}]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function write(path: string, text: string, { file, force }: { readonly file: string; readonly force: boolean }): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(
      code === 'EEXIST' && existsSync(path)
        ? `${file} is there already and was left as it is: overwrite it by --force, or move it away`
        : `${file} cannot be written: ${message}`,
    );
  }
}
