import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Configuration } from '../../spec/generated/configuration.js';
import { headerFieldProblem, readHeaderField } from '../../spec/values/header-field.js';
import { readHostAndPort } from '../../spec/values/host-and-port.js';
import { ConfigurationError } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { readBytes } from '../../report/files/read-text.js';
import {
  gatewayAuthorization,
  type Connection,
  type GatewayHeader,
} from '../../suites/harness/target/http/connection.js';
import { proxyFor } from './proxy-for.js';

/** How a configuration says that its target is reached. */
export interface DescribedConnection {
  /** Base URL of the target without user and password, and without a slash at its end. */
  readonly url: string;
  readonly connection: Connection;
  /** What the reader of the report should know of it, a sentence each. */
  readonly notes: readonly string[];
  /** Passwords of proxies. */
  readonly secrets: readonly string[];
}

/**
 * Reads how the target is reached: header fields, certificates, a proxy.
 * @param target base URL as it was given
 * @param environment for the variables that name a proxy
 * @throws ConfigurationError when a file is not what it must be, or a proxy is none
 */
export function connectionIn(
  target: string,
  configuration: Configuration,
  environment: NodeJS.ProcessEnv,
): DescribedConnection {
  const { insecure, connectTo } = configuration;
  const url = new URL(target);
  const headers = gatewayHeaders(headerFields(configuration), url);
  const bare = withoutLogin(target);
  const to = connectTo === undefined ? undefined : readHostAndPort(connectTo);
  const proxy = to === undefined ? readProxy(bare, environment) : undefined;
  const connection: Connection = {
    ...(headers.length > 0 && { headers }),
    ...certificates(configuration),
    ...(insecure === true && { insecure }),
    ...(to && { connectTo: to }),
    ...(proxy && { proxy }),
  };
  const notes = [
    ...(insecure === true && url.protocol === 'https:'
      ? ['The certificate of the target was not verified (--insecure): anything in between may have answered']
      : []),
    ...(to === undefined
      ? []
      : [`The target was reached at ${connectTo} (--connect-to), and not where its name leads`]),
    ...(proxy === undefined
      ? []
      : [`The target was reached through the proxy ${new URL(proxy.url).host} (${proxy.variable})`]),
    ...(gatewayAuthorization(connection) === undefined
      ? []
      : [
          'The header Authorization carries the credentials of what is in front of the target: a token that is to be sent in it is sent in their place, and what the gateway rejects then is skipped',
        ]),
  ];
  const password = proxy === undefined ? '' : decodeURIComponent(new URL(proxy.url).password);
  return { url: bare, connection, notes, secrets: password === '' ? [] : [password] };
}

/** The header fields of `header` and of `headers`, each as 'Name: value'. @throws ConfigurationError */
function headerFields({ header, headers = {} }: Configuration): string[] {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const wrong = more.findIndex((field) => headerFieldProblem(field) !== undefined);
  if (wrong >= 0)
    throw new ConfigurationError(
      `"headers", ${quoted(Object.keys(headers)[wrong] ?? '')}: it ${headerFieldProblem(more[wrong] ?? '') ?? ''}`,
    );
  return [...(header ?? []), ...more];
}

/** A URL without user and password, spelled as it was given, without a slash at its end. */
const withoutLogin = (url: string): string =>
  url
    .trim()
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/(?<!\/)\/+$/, '');

function gatewayHeaders(fields: readonly string[], { username, password }: URL): GatewayHeader[] {
  const headers: GatewayHeader[] = fields.map(readHeaderField).filter((field) => field !== undefined);
  const twice = headers.find(({ name }, i) =>
    headers.some((other, j) => j < i && other.name.toLowerCase() === name.toLowerCase()),
  );
  if (twice !== undefined) throw new ConfigurationError(`--header: the header ${twice.name} is given twice`);
  if (username + password === '') return headers;
  if (headers.some(({ name }) => /^authorization$/i.test(name)))
    throw new ConfigurationError(
      '--header Authorization and user and password in the URL of the target are two values for one header: give one of them',
    );
  const login = `${decoded(username)}:${decoded(password)}`;
  return [...headers, { name: 'Authorization', value: `Basic ${Buffer.from(login).toString('base64')}`, login }];
}

function certificates({ ca, clientCert, clientKey }: Configuration): Connection {
  if ((clientCert === undefined) !== (clientKey === undefined))
    throw new ConfigurationError('--client-cert and --client-key go together: one of them is missing');
  const trusted = ca === undefined ? undefined : certificateIn(ca, '--ca');
  if (clientCert === undefined || clientKey === undefined) return { ...(trusted && { ca: trusted.pem }) };
  const own = certificateIn(clientCert, '--client-cert');
  const key = keyIn(clientKey);
  if (!own.certificate.checkPrivateKey(key.key))
    throw new ConfigurationError(
      `the private key ${clientKey} (--client-key) is not that of the certificate ${clientCert} (--client-cert)`,
    );
  return { ...(trusted && { ca: trusted.pem }), clientCert: own.pem, clientKey: key.pem };
}

function certificateIn(file: string, flag: string): { readonly pem: string; readonly certificate: X509Certificate } {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`the file ${file} of ${flag} ${why}`);
  const pem = Buffer.from(readBytes(file, wrong)).toString('latin1');
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw wrong('holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----');
  try {
    return { pem, certificate: new X509Certificate(pem) };
  } catch {
    throw wrong('holds a certificate that cannot be read');
  }
}

function keyIn(file: string): { readonly pem: string; readonly key: ReturnType<typeof createPrivateKey> } {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`the file ${file} of --client-key ${why}`);
  const pem = Buffer.from(readBytes(file, wrong)).toString('latin1');
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch (error) {
    const { code = '', message = '' } = error as NodeJS.ErrnoException;
    throw wrong(
      /passphrase/i.test(code + message)
        ? 'is encrypted: give a key without a passphrase'
        : 'holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----',
    );
  }
}

/** @throws ConfigurationError when what the environment names cannot be used */
function readProxy(url: string, environment: NodeJS.ProcessEnv): Connection['proxy'] {
  const proxy = proxyFor(url, environment);
  if (proxy === undefined) return undefined;
  if (!URL.canParse(proxy.url))
    throw new ConfigurationError(`the environment variable ${proxy.variable} holds no URL of a proxy`);
  const { protocol } = new URL(proxy.url);
  if (!/^https?:$/.test(protocol))
    throw new ConfigurationError(
      `the environment variable ${proxy.variable} names a proxy at ${protocol}//, and only http:// and https:// can be used: put the host of the target into NO_PROXY to go without it`,
    );
  return proxy;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
