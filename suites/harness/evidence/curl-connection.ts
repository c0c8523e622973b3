import type { Connection } from '../target/http/connection.js';
import { Shell, sh } from './shell.js';

/** What reaching the target takes in shell: the variables that the reader has to set, and the options of the programs that ask it. */
export interface ConnectionInShell {
  /** Lines that come before the first request. */
  readonly lines: readonly Shell[];
  readonly curl: readonly Shell[];
  readonly ws: readonly Shell[];
}

/** How a connection is written in shell. Files and proxies are named by the variables that this tool reads, too. */
export function connectionInShell({
  ca,
  clientCert,
  clientKey,
  insecure,
  connectTo,
  proxy,
}: Connection): ConnectionInShell {
  const lines: Shell[] = [];
  const curl: Shell[] = [];
  const ws: Shell[] = [];
  const file = (variable: string, what: string, ofCurl: Shell, ofWs: Shell): void => {
    lines.push(Shell.required(variable, `the absolute path of ${what}`));
    curl.push(sh`${ofCurl} ${Shell.variable(variable)}`);
    ws.push(sh`${ofWs} ${Shell.variable(variable)}`);
  };
  if (ca !== undefined) file('AUTH_CONFORMANCE_CA', 'the certificates to trust', sh`--cacert`, sh`--ca`);
  if (clientCert !== undefined)
    file('AUTH_CONFORMANCE_CLIENT_CERT', 'the certificate of the client', sh`--cert`, sh`--cert`);
  if (clientKey !== undefined)
    file('AUTH_CONFORMANCE_CLIENT_KEY', 'the private key of the client', sh`--key`, sh`--key`);
  if (insecure === true) {
    curl.push(sh`-k`);
    ws.push(sh`-n`);
  }
  if (connectTo !== undefined) {
    const { host, port } = connectTo;
    const to = `::${host.includes(':') ? `[${host}]` : host}:${port}`;
    curl.push(sh`--connect-to ${to} --noproxy '*'`);
  }
  if (proxy !== undefined) {
    lines.push(Shell.required(proxy.variable, 'the URL of the proxy'));
    curl.push(sh`--proxy ${Shell.variable(proxy.variable)}`);
    ws.push(sh`--proxy ${Shell.variable(proxy.variable)}`);
  }
  return { lines, curl, ws };
}
