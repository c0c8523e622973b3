import { invalidOtp } from '../../http/errors.js';
import type { Defect, Wrappers } from '../defect.js';
import { bodyOf, errorsOf, isLogin } from '../helpers/exchange.js';
import { atLogin } from '../helpers/sessions/logins.js';

/** Defects that requirements of the section `one-time-passwords` of the chapter `two-factor-login` notice. */
export const twoFactorLoginOneTimePasswords = [
  {
    name: 'otp-read-as-number',
    title: 'A login reads a one-time password as a number, and loses the zeros that it begins with.',
    wrap: atLogin((_exchange, body) => {
      const { otp } = body;
      if (typeof otp === 'string' && /^0\d+$/.test(otp)) body['otp'] = String(Number(otp));
    }),
  },
  {
    name: 'otp-used-up-by-wrong-password',
    title: 'A one-time password that came with a wrong password is not accepted any more.',
    wrap: (): Wrappers => {
      const used = new Set<string>();
      const pairOf = ({ email, otp }: Record<string, unknown>): string => JSON.stringify([email, otp]);
      return {
        request: (exchange) => {
          if (isLogin(exchange) && used.has(pairOf(bodyOf(exchange)))) throw invalidOtp();
        },
        response: (exchange, answer) => {
          const [error] = answer.status === 401 ? errorsOf(answer) : [];
          if (isLogin(exchange) && error?.extensions.code === 'INVALID_CREDENTIALS') used.add(pairOf(bodyOf(exchange)));
        },
      };
    },
  },
] as const satisfies readonly Defect[];
