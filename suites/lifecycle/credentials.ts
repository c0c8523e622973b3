import type { Mode } from '../harness/target/target.js';

/** What a user may hold. */
export type CredentialKind = 'access' | 'refresh' | 'refresh-cookie' | 'session' | 'static' | 'password';

/** How many refreshes ago a token was issued; `first`: by the login, when there were more refreshes than three. */
export type Generation = 'newest' | 'predecessor' | 'grandparent' | 'first';

/** How a login is made, refreshed and ended: by the endpoints of REST, by mutations of GraphQL, by messages of a WebSocket. */
export type Door = 'rest' | 'graphql' | 'message';

/** A login that a scenario makes before its event. */
export interface LoginPlan {
  /** In words, such as "the older login in mode session". */
  readonly words: string;
  readonly mode: Mode;
  readonly door: Door;
  /** How often it is refreshed before the event. */
  readonly refreshes: number;
  /** True for the one that the event is about, where it is about one. */
  readonly isSubject: boolean;
}

/** A credential of a scenario, by what it is. */
export interface Credential {
  readonly kind: CredentialKind;
  readonly generation: Generation;
  /** The number of the login that it came from; undefined for static tokens and passwords. */
  readonly login?: number;
  /** True for a static token or password that was the user's before the event, and is not any more. */
  readonly former?: boolean;
  /** True for the password with the email that was the user's before the event. */
  readonly formerEmail?: boolean;
}

const kindsOf: Readonly<Record<Mode, readonly CredentialKind[]>> = {
  json: ['access', 'refresh'],
  cookie: ['access', 'refresh-cookie'],
  session: ['session'],
};

/** The generations of a token that has been refreshed so often. */
function generationsAfter(refreshes: number): readonly Generation[] {
  const all: readonly Generation[] = ['newest', 'predecessor', 'grandparent'];
  return refreshes > 2 ? [...all, 'first'] : all.slice(0, refreshes + 1);
}

/**
 * The credentials that logins leave their user with. A message of a WebSocket is answered with a refresh token alone. Observed:
 * Directus 12.4.1.
 */
export function credentialsOf(logins: readonly LoginPlan[]): Credential[] {
  return logins.flatMap(({ mode, door, refreshes }, login) =>
    kindsOf[mode]
      .filter((kind) => kind !== 'access' || door !== 'message')
      .flatMap((kind) =>
        // Of access tokens the newest alone: an earlier one expires by itself.
        (kind === 'access' ? (['newest'] as const) : generationsAfter(refreshes)).map((generation) => ({
          kind,
          generation,
          login,
        })),
      ),
  );
}

/** How many generations before the newest one. */
export const generationsBack: Readonly<Record<Generation, number>> = {
  newest: 0,
  predecessor: 1,
  grandparent: 2,
  first: Infinity,
};

const kindInWords: Readonly<Record<CredentialKind, string>> = {
  access: 'access token',
  refresh: 'refresh token',
  'refresh-cookie': 'refresh token in the cookie',
  session: 'session token',
  static: 'static token',
  password: 'password',
};

const generationInWords: Readonly<Record<Generation, string>> = {
  newest: '',
  predecessor: ' from before the last refresh',
  grandparent: ' from two refreshes before',
  first: ' that the login issued',
};

/** A credential in words, such as "the session token from before the last refresh of the older login in mode session". */
export function credentialInWords(credential: Credential, logins: readonly LoginPlan[]): string {
  const { kind, generation, login, former, formerEmail } = credential;
  if (formerEmail === true) return 'the former email, with the password,';
  const of = login === undefined ? '' : ` of ${logins[login]?.words ?? ''}`;
  return `the ${former === true ? 'former ' : ''}${kindInWords[kind]}${generationInWords[generation]}${of}`;
}
