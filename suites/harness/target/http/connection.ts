import { inBase64 } from '../../evidence/shell-functions.js';
import type { SecretNames } from '../../evidence/secret-names.js';
import { Shell } from '../../evidence/shell.js';

/** A header field that something in front of the target wants to see in each request. Its value is a secret. */
export interface GatewayHeader {
  readonly name: string;
  readonly value: string;
  /** User and password as `user:password`, where the field is that of HTTP Basic (RFC 7617) and came with the URL. */
  readonly login?: string;
}

/** Host and port of a connection. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How the target is reached: what stands between it and the suite. Plain data, all of it optional. */
export interface Connection {
  /** Sent with each request and each WebSocket's handshake, but for those that a request sends a field of its own for. */
  readonly headers?: readonly GatewayHeader[];
  /** Certificates to trust instead of those that Node brings along: PEM. */
  readonly ca?: string;
  /** The certificate of the client and its private key: PEM. */
  readonly clientCert?: string;
  readonly clientKey?: string;
  /** Whether any certificate of the target is taken. */
  readonly insecure?: boolean;
  /** Where to connect to, in place of host and port of the URL. */
  readonly connectTo?: Endpoint;
  /** The proxy to go through, and the environment variable that names it. */
  readonly proxy?: { readonly url: string; readonly variable: string };
}

type Fields = readonly (readonly [string, string])[];

/** The shell variable for the value of a header field: of X-Api-Key it is HEADER_X_API_KEY. */
const variableOf = (name: string): string => `HEADER_${name.toUpperCase().replace(/\W/g, '_')}`;

/**
 * The header fields of a request with those for the gateway. A request's own field of the same name goes before; to its own cookies those
 * of the gateway are added.
 */
export function withGatewayHeaders(own: Fields, { headers = [] }: Connection): Fields {
  if (headers.length === 0) return own;
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const cookies = headers.filter(({ name }) => /^cookie$/i.test(name)).map(({ value }) => value);
  const merged =
    cookies.length === 0
      ? own
      : own.map(([name, value]) => [name, /^cookie$/i.test(name) ? [value, ...cookies].join('; ') : value] as const);
  return [
    ...merged,
    ...headers
      .filter(({ name }) => !names.has(name.toLowerCase()))
      .map(({ name, value }): [string, string] => [name, value]),
  ];
}

/** Names the values of the gateway's header fields, so that shell lines read them from variables which the reader sets. */
export function nameGatewayHeaders(names: SecretNames, { headers = [] }: Connection): void {
  for (const { name, value, login } of headers) {
    if (login === undefined) {
      names.add(value, variableOf(name), { kind: 'environment', what: `the value of the header ${name}` });
      continue;
    }
    const { variable } = names.add(login, 'GATEWAY_LOGIN', {
      kind: 'environment',
      what: 'user and password of HTTP Basic, joined by a colon',
    });
    names.add(value.replace(/^Basic /, ''), 'GATEWAY_CREDENTIALS', {
      kind: 'derived',
      shell: inBase64(Shell.variable(variable)),
    });
  }
}

/** The field Authorization that belongs to the gateway, if one does: a token cannot be sent in the same field then. */
export const gatewayAuthorization = ({ headers = [] }: Connection): GatewayHeader | undefined =>
  headers.find(({ name }) => /^authorization$/i.test(name));
