import { randomBytes } from 'node:crypto';
import type { Evidence } from '../evidence/evidence.js';
import { sh } from '../evidence/shell.js';
import { randomAlike } from '../evidence/shell-functions.js';
import { staticToken, type StaticToken } from '../target/tokens/tokens.js';

/** Generates a static token, and names it in the evidence. */
export function newStaticToken(evidence: Evidence): StaticToken {
  const value = randomBytes(16).toString('hex');
  evidence.names.add(value, 'STATIC_TOKEN', { kind: 'random', shell: sh`$(openssl rand -hex 16)` });
  return staticToken(value);
}

/** Names a static token that a property has chosen; who repeats the evidence makes one of the same form. */
export function nameChosenStaticToken(evidence: Evidence, value: string): void {
  evidence.names.add(value, 'STATIC_TOKEN', { kind: 'random', shell: randomAlike(value) });
}

/** Names a static token that the tester gave. */
export function nameGivenStaticToken(evidence: Evidence, token: StaticToken): void {
  evidence.names.add(token.value, 'AUTH_CONFORMANCE_STATIC_TOKEN', { kind: 'environment', what: 'a static token' });
}
