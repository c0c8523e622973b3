import { BlockList, isIP } from 'node:net';
import type { Settings } from '../reference-server/index.js';
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
  if (version === 0) return host === 'localhost';
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Refuses to let others reach a server that anybody can log in to.
 * @throws ConfigurationError when the host is not loopback and the administrator's password is the default, or SECRET can be guessed
 */
export function refuseExposure(
  host: string,
  { ADMIN_PASSWORD, SECRET }: Pick<Settings, 'ADMIN_PASSWORD' | 'SECRET'>,
): void {
  if (isLoopback(host)) return;
  const why =
    ADMIN_PASSWORD === KNOWN_PASSWORD
      ? 'the password of the administrator is the default, which everybody knows: set ADMIN_PASSWORD'
      : Buffer.byteLength(SECRET) < LEAST_SECRET_BYTES
        ? `SECRET is shorter than ${LEAST_SECRET_BYTES} bytes and can be guessed: set a longer one, or none`
        : undefined;
  if (why !== undefined)
    throw new ConfigurationError(
      `${host} can be reached by others, and ${why}. To listen there all the same: --allow-insecure`,
    );
}
