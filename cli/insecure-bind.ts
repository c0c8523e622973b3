import { BlockList, isIP } from 'node:net';
import { administratorWithPassword, type Settings, type Store } from '../reference-server/index.js';
import { ConfigurationError } from '../report/errors.js';

/** The password that everybody knows: the default. */
export const KNOWN_PASSWORD = 'd1r3ctu5';
/** "A key of the same size as the hash output (for instance, 256 bits for HS256) or larger MUST be used" (RFC 7518 section 3.2). */
const LEAST_SECRET_BYTES = 32;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** True when only programs on this machine reach a server that listens there. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Rejects a host at which others would reach a server whose SECRET can be guessed, or whose administrator is going to have the default
 * password.
 *
 * @param settings ADMIN_PASSWORD undefined for a store that is kept: it has its own (rejectExposedStore)
 * @throws ConfigurationError when the host is not loopback and one of them is so
 */
export function rejectExposure(
  host: string,
  { ADMIN_PASSWORD, SECRET }: { readonly ADMIN_PASSWORD: string | undefined; readonly SECRET: Settings['SECRET'] },
): void {
  if (isLoopback(host)) return;
  if (ADMIN_PASSWORD === KNOWN_PASSWORD)
    throw exposed(host, 'the password of the administrator is the default, which everybody knows: set ADMIN_PASSWORD');
  if (Buffer.byteLength(SECRET) < LEAST_SECRET_BYTES)
    throw exposed(
      host,
      `SECRET is shorter than ${LEAST_SECRET_BYTES} bytes and can be guessed: set a longer one, or none`,
    );
}

/**
 * Rejects a host at which others would reach a server one of whose administrators has the default password, by the hash that is stored:
 * a store that is kept has the password from when it was new, whatever ADMIN_PASSWORD says now, and a seed file may name administrators
 * too.
 *
 * @throws ConfigurationError when the host is not loopback and it is so
 */
export async function rejectExposedStore(host: string, store: Store): Promise<void> {
  if (isLoopback(host)) return;
  const administrator = await administratorWithPassword(store, KNOWN_PASSWORD);
  if (administrator !== undefined)
    throw exposed(
      host,
      `the stored password of the administrator ${administrator.email ?? administrator.id} is the default, which everybody knows: change it (PATCH /users/me) while the server listens on 127.0.0.1`,
    );
}

const exposed = (host: string, why: string): ConfigurationError =>
  new ConfigurationError(
    `${host} can be reached by others, and ${why}. To listen there all the same: --allow-insecure`,
  );
