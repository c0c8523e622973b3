import { newestDirectus, readVersion } from '../../spec/values/directus-version.js';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { ReportTarget } from '../../spec/generated/report.js';
import type { SentTokens } from '../../suites/harness/target/tokens/bearer-methods.js';
import type { Target } from '../../suites/harness/target/target.js';
import { orInapplicable } from './administrator-access.js';

/** What a target says of itself. */
export interface Implementation {
  /** Directus where it names itself so. */
  readonly name?: string;
  /** The version of Directus that it names. */
  readonly version?: string;
}

/**
 * Asks the target what it is: GET /server/info tells a user who is logged in the version, and every response of a Directus says
 * X-Powered-By: Directus. Observed: Directus 11.0.1 and 12.4.1; Directus 10.5.2 does not tell its version.
 * @param sent an access token, of an administrator where there is one
 */
export async function implementationOf(target: Target, sent: SentTokens): Promise<Implementation> {
  const response = await orInapplicable(target.send(target.withTokens({ path: '/server/info' }, sent)));
  if (response === undefined) return {};
  const { version: told } = response.payload;
  const version = response.succeeded && typeof told === 'string' ? readVersion(told) : undefined;
  const isDirectus = response.headers('x-powered-by').some((value) => value.toLowerCase() === 'directus');
  return { ...(isDirectus && { name: 'Directus' }), ...(version !== undefined && { version }) };
}

/** What the report says of the target: what it is, and as which version of Directus it is judged. */
export type Identity = Omit<ReportTarget, 'url'> & Required<Pick<ReportTarget, 'judgedAs'>>;

/** The identity of a target: as the tester says, else as the target does. */
export function identityOf(
  { name: given, directusVersion }: Pick<Configuration, 'name' | 'directusVersion'>,
  { name, version }: Implementation,
): Identity {
  const tester = directusVersion === undefined ? undefined : readVersion(directusVersion);
  const shown = given ?? name;
  return {
    ...(shown !== undefined && { name: shown }),
    ...(version !== undefined && { version }),
    judgedAs:
      tester !== undefined
        ? { version: tester, from: 'tester' }
        : version !== undefined
          ? { version, from: 'target' }
          : { version: newestDirectus, from: 'newest' },
  };
}

/** What the reader is told of the version: where it is but presumed, and where it cannot be right. */
export function notesOnVersion({ name, judgedAs }: Identity, offersNoSessions: boolean): readonly string[] {
  if (judgedAs.from !== 'newest') return [];
  const told = `The target does not tell the version of Directus that it is or resembles: it is judged as the newest, ${judgedAs.version}`;
  return [
    name === 'Directus' && offersNoSessions
      ? `${told}. A Directus without session tokens is older than 10.10.0: say which it is with --directus-version`
      : `${told} (--directus-version says which)`,
  ];
}
