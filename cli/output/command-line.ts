import { withoutUserinfo } from '../../spec/values/mask.js';
import { quoted } from '../../suites/harness/evidence/shell.js';

/** Flags whose value is a secret, or may hold one. */
const SECRET = /^--[\w-]*(?:password|token|secret|header|clock-url)$/;
/** What is shown instead of a secret. */
const MASK = '****';

/**
 * The command line of a run, for its report: fit to be pasted into a shell, the values of secret flags and the users and passwords of
 * URLs masked.
 * @param args what stood behind the name of the command
 */
export function commandLine(args: readonly string[]): string {
  const shown = args.map((arg, at) => {
    const [flag = '', ...value] = arg.split('=');
    if (value.length > 0 && SECRET.test(flag)) return `${flag}=${MASK}`;
    const before = args[at - 1] ?? '';
    return SECRET.test(before) && !arg.startsWith('--') ? MASK : withoutUserinfo(arg);
  });
  return ['auth-conformance', ...shown].map(quoted).join(' ');
}
