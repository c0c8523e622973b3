import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemas } from '../../spec/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import { ConfigurationError } from '../../report/errors.js';
import { gitHubWorkflow, gitLabJob, mark } from './init-templates.js';

/** How `init` goes about it. */
export interface InitOptions {
  readonly target?: string;
  /** Where npm takes this package from: a tarball or a Git repository; the registry when not given. */
  readonly package?: string;
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
  const { directory, force = false } = options;
  const values = { command: commandOf(options), target: quotable(options.target ?? 'http://127.0.0.1:8055') };
  if (system === 'github') {
    const file = '.github/workflows/auth-conformance.yml';
    write(join(directory, file), gitHubWorkflow(values), { file, force });
    return `wrote ${file}\n\nWhat is left to do:\n  start your server in its step "Start the server"\n  set the secrets ${secrets}\n${noteOn(options)}`;
  }
  const own = join(directory, '.gitlab-ci.yml');
  const others = existsSync(own) && !readFileSync(own, 'utf8').startsWith(mark);
  const file = others ? '.gitlab/auth-conformance.gitlab-ci.yml' : '.gitlab-ci.yml';
  write(join(directory, file), gitLabJob(values), { file, force });
  const include = others ? `  add to .gitlab-ci.yml:\n    include:\n      - local: ${file}\n` : '';
  return `wrote ${file}\n\nWhat is left to do:\n${include}  start your server in its before_script\n  set the CI/CD variables ${secrets}\n${noteOn(options)}`;
}

/** What a package may be named by, as npm install takes it: a path, a URL, a Git repository. No character of it means anything to a shell. */
const SOURCE = /^[\w@.~^:+/#=-]+$/;

/**
 * How npx is told to run this package.
 * @throws ConfigurationError when the source is none
 */
function commandOf({ package: source, version }: InitOptions): string {
  if (source === undefined) return `auth-conformance@${version}`;
  if (!SOURCE.test(source) || source.startsWith('-'))
    throw new ConfigurationError(
      '--package is not what npm installs: give a tarball (./auth-conformance.tgz, https://…/auth-conformance.tgz) or a Git repository (git+https://…/auth-conformance.git#TAG)',
    );
  if (hasPassword(source))
    throw new ConfigurationError('--package holds a password, which would be written to the file: give it without');
  return `--package ${source} -- auth-conformance`;
}

/** Whether a source is a URL with a password. */
const hasPassword = (source: string): boolean =>
  URL.canParse(source.replace(/^git\+/, '')) && new URL(source.replace(/^git\+/, '')).password !== '';

/** What is to be known of a workflow that takes the package from the registry. */
const noteOn = ({ package: source, version }: InitOptions): string =>
  source === undefined
    ? `  It takes auth-conformance@${version} from the npm registry; until it is published there, write it anew with --package SOURCE --force\n`
    : '';

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
