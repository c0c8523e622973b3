import { BlockList, isIP } from 'node:net';

/** A proxy, and the environment variable that names it. */
export interface NamedProxy {
  readonly url: string;
  readonly variable: string;
}

/**
 * The proxy that a URL is to be asked through, by the variables that curl reads (everything.curl.dev, "Proxy environment variables"):
 * http_proxy or https_proxy by the scheme of the URL, all_proxy where that is not set, none for what NO_PROXY lists. Upper case counts as
 * well as lower case, of which lower case goes before. An empty variable counts as not set.
 */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv): NamedProxy | undefined {
  const { protocol, hostname, port } = new URL(url);
  const given = (name: string): NamedProxy | undefined => {
    const variable = [name, name.toUpperCase()].find((one) => (environment[one] ?? '').trim() !== '');
    return variable === undefined ? undefined : { url: withScheme(environment[variable] ?? ''), variable };
  };
  const proxy = given(`${protocol.replace(':', '')}_proxy`) ?? given('all_proxy');
  if (proxy === undefined) return undefined;
  const excluded = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  return isExcluded(hostname.replace(/^\[|\]$/g, ''), port || usualPorts[protocol], excluded) ? undefined : proxy;
}

/** curl takes `127.0.0.1:3128` for a proxy at http. */
const withScheme = (proxy: string): string => (proxy.includes('://') ? proxy.trim() : `http://${proxy.trim()}`);

const usualPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Whether NO_PROXY names a host: itself, a domain that it is in, with or without a leading dot, a network of addresses, or `*`. As other
 * tools take them, and curl does not, `*.domain` counts as `.domain`, and an entry may end in a port, for that port alone.
 */
function isExcluded(host: string, port: string | undefined, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((given) => {
      if (given === '*') return true;
      const [, entry = given, only] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(given) ?? [];
      if (only !== undefined && only !== port) return false;
      const [network = '', bits] = entry.replace(/^\[|\]$/g, '').split('/');
      if (isIP(name) !== 0 && isIP(network) !== 0) return isWithin(name, network, bits);
      const domain = entry
        .toLowerCase()
        .replace(/^\[|\]$/g, '')
        .replace(/^\*?\./, '')
        .replace(/\.$/, '');
      return domain !== '' && (name === domain || (isIP(name) === 0 && name.endsWith(`.${domain}`)));
    });
}

function isWithin(address: string, network: string, bits: string | undefined): boolean {
  if (isIP(address) !== isIP(network)) return false;
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  const most = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > most) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(address, family);
}
