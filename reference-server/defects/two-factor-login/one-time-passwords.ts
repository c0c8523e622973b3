import type { Defect } from '../defect.js';
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
] as const satisfies readonly Defect[];
