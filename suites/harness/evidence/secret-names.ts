import { mask } from '../../../spec/values/mask.js';
import { tellSecret } from './seen-secrets.js';
import { Shell } from './shell.js';

/** How the shell variable for a value gets its content when the exchanges are repeated by curl. */
export type Origin =
  /** The reader sets it in the environment. */
  | { readonly kind: 'environment'; readonly what: string }
  /** The suite made it up. `isConstant`: it is the same in every run, and its shell line may show it. */
  | { readonly kind: 'random'; readonly shell: Shell; readonly isConstant?: true }
  /** It came in a response: a member of the JSON body (the way to it), or a cookie. */
  | { readonly kind: 'json'; readonly exchange: number; readonly path: readonly string[] }
  | { readonly kind: 'cookie'; readonly exchange: number; readonly cookie: string }
  /** It came in a message of a WebSocket, as a member of the n-th message that has it, from 0. */
  | { readonly kind: 'message'; readonly exchange: number; readonly member: string; readonly nth: number }
  /** It is made out of others, those whose variables the expression reads. `isOfNow`: anew wherever it stands, for it grows old. */
  | { readonly kind: 'derived'; readonly shell: Shell; readonly isOfNow?: true };

/** A value that differs from run to run, with the shell variable that stands for it. */
export interface NamedValue {
  readonly value: string;
  readonly variable: string;
  readonly origin: Origin;
  /** Secret values are masked in reports; ids are not. */
  readonly secret: boolean;
}

/** Looks ahead for the dots before it looks for the beginning: a text of nothing but beginnings would take time by the square of its length. */
const JWT = /(?<![\w-])(?=[\w-]*\.[\w-]+\.)([\w-]*?)(eyJ[\w-]*\.[\w-]+\.[\w-]*)/g;
/** However a target writes the names: refreshToken, refresh-token, x_token. */
const SECRET_MEMBER = /("[\w-]*(?:token|password|secret|otp)"\s*:\s*")((?:[^"\\]|\\.)*)(")/gi;
/** What Directus shows instead of a concealed value: no secret. Observed: Directus 12.4.1. */
const CONCEALED = /^\**$/;

/** What the tester gave is known without being told; what is in the source of the suites is no secret. */
const isKnown = (origin: Origin): boolean =>
  origin.kind === 'environment' || (origin.kind === 'random' && origin.isConstant === true);

/**
 * A variable that is not taken yet: the stem, or the stem with a number. From then on it is taken.
 * @param taken the variables that are
 */
export function freeVariable(stem: string, taken: Set<string>): string {
  let variable = stem;
  for (let n = 2; taken.has(variable); n += 1) variable = `${stem}_${n}`;
  taken.add(variable);
  return variable;
}

/** The values of one check that differ from run to run: tokens, passwords, ids. */
export class SecretNames {
  readonly #byValue = new Map<string, NamedValue>();
  readonly #taken = new Set<string>();

  /** Gives a value a variable name of its own; a value that has one keeps it. */
  add(value: string, stem: string, origin: Origin, secret = true): NamedValue {
    if (secret && !isKnown(origin)) tellSecret(value);
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    const named = { value, variable: freeVariable(stem, this.#taken), origin, secret };
    this.#byValue.set(value, named);
    return named;
  }

  /** The name of a value, if it has one. */
  get(value: string): NamedValue | undefined {
    return this.#byValue.get(value);
  }

  /** A value in shell: its variable, or itself where it has none. */
  shellOf(value: string): Shell {
    const named = this.get(value);
    return named === undefined ? Shell.literal(value) : Shell.variable(named.variable);
  }

  /** Forgets every value but these. */
  keepOnly(values: readonly string[]): void {
    const kept = new Set(values);
    for (const [value, { variable }] of this.#byValue) {
      if (kept.has(value)) continue;
      this.#byValue.delete(value);
      this.#taken.delete(variable);
    }
  }

  /** All values, the longest first, so that a value that contains another is found before it. */
  all(): NamedValue[] {
    return [...this.#byValue.values()].sort((a, b) => b.value.length - a.value.length);
  }

  /**
   * Masks the secrets of these names in a text, whatever looks like a JWT, and the members of JSON that hold secrets. The report
   * masks the secrets of the whole run, in every spelling, once more.
   */
  masked(text: string): string {
    let result = text;
    for (const { value, secret } of this.all()) {
      if (secret && value.length >= 6) result = result.replaceAll(value, () => mask(value));
    }
    return result
      .replace(JWT, (_all, lead: string, token: string) => lead + mask(token))
      .replace(SECRET_MEMBER, (_all, before: string, value: string, after: string) =>
        CONCEALED.test(value) || value.startsWith('****') ? `${before}${value}${after}` : before + mask(value) + after,
      );
  }
}
