import { defaultArgon2Cost, Passwords } from '../reference-server/passwords.js';

/**
 * How many passwords a second this machine can verify when it does nothing else: no server that keeps its passwords at this cost can
 * answer more logins.
 * @param atOnce how many are under way at a time, as connections of a load test would have it
 */
export async function passwordsPerSecond(atOnce: number, seconds: number): Promise<number> {
  const passwords = new Passwords(defaultArgon2Cost);
  const stored = await passwords.hash('secret');
  let verified = 0;
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < seconds * 1000) {
      if (!(await passwords.verify(stored, 'secret'))) throw new Error('the right password is rejected');
      verified += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return verified / ((performance.now() - begun) / 1000);
}
