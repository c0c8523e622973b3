import { errors } from 'undici';
import { shorten } from '../../evidence/shorten.js';
import { Inconclusive } from '../../outcomes.js';
import type { Connection } from './connection.js';
import { ProxyError, whyUnreachable } from './proxy-tunnel.js';

/** The transport failed: there is no answer to judge. */
export class TransportError extends Inconclusive {
  override readonly name = 'TransportError';
  constructor(
    message: string,
    /**
     * `rejected`: there is no way to a server of that name. `untrusted`: the certificate of either side is not accepted. `proxy`: the proxy
     * gives no way through. `timeout`: no whole answer in time. `broken`: the connection broke or what came is not HTTP. `busy`: the answer
     * says that there is none for now. `limited`: the rate of requests is limited, for longer than is waited. `oversized`: the answer is
     * longer than any of the API. `silent`: not sent, after time-outs. `aborted`: the run was ended.
     */
    readonly kind:
      | 'refused'
      | 'untrusted'
      | 'proxy'
      | 'timeout'
      | 'broken'
      | 'busy'
      | 'limited'
      | 'aborted'
      | 'oversized'
      | 'silent',
  ) {
    super(message);
  }
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is it running? If it is still starting, --wait 60s waits for it',
  ENOTFOUND:
    'has a name that cannot be resolved: is it spelled right? If it is not in DNS, --connect-to HOST:PORT says where it is',
  EAI_AGAIN:
    'has a name that cannot be resolved at the moment. If it is not in DNS, --connect-to HOST:PORT says where it is',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'cannot be reached in time',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached in time',
};

const trust = 'give the certificate that signed it by --ca FILE, or take any by --insecure';

/** What is wrong with a certificate, by the codes of OpenSSL (X509_V_ERR_…, as Node names them) and its alerts (RFC 8446 section 6). */
const untrusted: readonly (readonly [RegExp, string])[] = [
  [/SELF_SIGNED_CERT_IN_CHAIN/, `has a certificate of an authority that is not known here: ${trust}`],
  [/SELF_SIGNED/, `has a self-signed certificate: ${trust}`],
  [/UNABLE_TO_(?:VERIFY|GET)|UNTRUSTED/, `has a certificate of an authority that is not known here: ${trust}`],
  [
    /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    'has a certificate for another name: give the URL by that name (with --connect-to HOST:PORT where DNS does not know it), or take any by --insecure',
  ],
  [/CERT_HAS_EXPIRED/, 'has a certificate that has expired: renew it, or take any by --insecure'],
  [/CERT_NOT_YET_VALID/, 'has a certificate that is not valid yet: are the clocks right? --insecure takes any'],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA|ALERT_CERTIFICATE/,
    'wants a certificate of the client: give it by --client-cert FILE and --client-key FILE',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    'does not speak https: does its URL begin with http://?',
  ],
];

/**
 * Says in words why a request got no answer, and which flag helps.
 * @param url of the request
 * @param timeoutMs its time limit, in ms
 */
export function explain(error: unknown, url: string, timeoutMs: number, connection: Connection = {}): TransportError {
  if (error instanceof TransportError) return error;
  const { origin } = new URL(url);
  const { code = '', cause, name, message } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  const codes = `${code} ${cause?.code ?? ''} ${name === 'Error' || code === 'EPROTO' ? message : ''}`;
  const way = connection.connectTo;
  const where = way === undefined ? origin : `${origin}, at ${way.host}:${way.port} (--connect-to),`;
  if (error instanceof ProxyError) return new TransportError(`${message}: ${aboutProxy(connection, origin)}`, 'proxy');
  const { proxy } = connection;
  const unreached = whyUnreachable(code);
  if (proxy !== undefined && url.startsWith('http') && !url.startsWith('https') && unreached !== undefined)
    return new TransportError(
      `the proxy ${new URL(proxy.url).host} ${unreached}: ${aboutProxy(connection, origin)}`,
      'proxy',
    );
  if (
    name === 'TimeoutError' ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  ) {
    return new TransportError(`${where} gave no answer within ${timeoutMs / 1000} s`, 'timeout');
  }
  if (error instanceof Inconclusive) return new TransportError(error.message, 'aborted');
  if (name === 'AbortError') return new TransportError('the run was interrupted', 'aborted');
  const [, distrust] = untrusted.find(([pattern]) => pattern.test(codes)) ?? [];
  if (distrust !== undefined) return new TransportError(`${where} ${distrust}`, 'untrusted');
  const why = unreachable[code] ?? unreachable[cause?.code ?? ''];
  if (why !== undefined) return new TransportError(`${where} ${why}`, 'refused');
  const inWords: Record<string, string> = {
    UND_ERR_SOCKET: 'closed the connection without an answer',
    ECONNRESET: 'broke the connection off',
    Z_DATA_ERROR: notAsCoded,
    Z_BUF_ERROR: notAsCoded,
  };
  // A server tells after the handshake, and may close before that is read. RFC 8446 section 4.4.2.4.
  const certificate = /SOCKET|RESET/.test(code) ? afterClosing(url, connection) : '';
  const detail = inWords[code] ?? `did not answer as an HTTP server does (${shorten(message || code || name)})`;
  return new TransportError(`${where} ${detail}${certificate}`, 'broken');
}

const notAsCoded = 'answered with a body that is not compressed as its Content-Encoding says';

/** What may be wrong where a server closes the connection without an answer. */
function afterClosing(url: string, { clientCert }: Connection): string {
  if (!url.startsWith('https:')) return ': does its URL begin with https://?';
  return clientCert === undefined
    ? ': it may want a certificate of the client, to be given by --client-cert FILE and --client-key FILE'
    : ': it may not accept the certificate of --client-cert, which the authority that it trusts must have signed';
}

const aboutProxy = ({ proxy }: Connection, origin: string): string =>
  `${proxy?.variable ?? 'the environment'} names it; to go without it, put ${new URL(origin).hostname} into NO_PROXY`;
