import { servedOperation } from '../helpers/served.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { withoutSessionCookie } from '../helpers/cookies.js';
import { changingSessionLogin } from '../helpers/payloads.js';

/** Defects that requirements of the section `login` of the chapter `session-tokens` notice. */
export const sessionTokensLogin = [
  {
    name: 'session-login-without-cookie',
    title: 'A login in mode session sets no cookie.',
    wrap: changingSessionLogin((_payload, exchange) => withoutSessionCookie(exchange)),
  },
  {
    name: 'session-login-ignores-password',
    title: 'A login in mode session takes any password.',
    wrap: (): Wrappers => ({
      passwords: (passwords) =>
        replacing(passwords, {
          verify: async (stored, given) => {
            const served = servedOperation();
            const ignored = served?.operation === 'login' && served.mode === 'session';
            return ignored || passwords.verify(stored, given);
          },
        }),
    }),
  },
] as const satisfies readonly Defect[];
