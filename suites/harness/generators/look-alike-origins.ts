/** An origin that a page of another site may have, and what makes it look like the target's own. */
export type LookAlike = readonly [what: string, origin: string];

/**
 * Origins that are not the target's own and look like it: what a comparison of beginnings, of ends, of host names alone or by an open
 * regular expression takes for it. The scheme http in place of https is none for a target by http: a proxy may be in front of it.
 * @param url of the target
 */
export function lookAlikeOrigins(url: string): LookAlike[] {
  const { protocol, host, hostname, port } = new URL(url);
  const own = `${protocol}//${host}`;
  const otherPort = port === '' ? 8443 : (Number(port) % 65_000) + 1;
  const dotless = host.replace('.', 'x');
  return [
    ['that begins as its own does', `${own}.attacker.example`],
    ['whose host begins as its own does', `${protocol}//${hostname}.attacker.example${port === '' ? '' : `:${port}`}`],
    ['that begins as its own does, without a dot', `${own}${port === '' ? 'x.example' : '0'}`],
    ['that ends as its own does', `${protocol}//attacker-${host}`],
    ['whose host ends as its own does', `${protocol}//x${host}`],
    ['that is a subdomain of its own', `${protocol}//attacker.${host}`],
    ['of another port', `${protocol}//${hostname}:${otherPort}`],
    ...(port === '' ? [] : [['of its host without the port', `${protocol}//${hostname}`] as const]),
    ...(protocol === 'https:' ? [['of its host by http', `http://${host}`] as const] : []),
    ['with its own as user information', `${protocol}//${host}@attacker.example`],
    ['with its own in the path', `${protocol}//attacker.example/${host}`],
    ['with its own in the query', `${protocol}//attacker.example?${own}`],
    ['with its own in the fragment', `${protocol}//attacker.example#${own}`],
    ['of another host and its port', `${protocol}//attacker.example${port === '' ? '' : `:${port}`}`],
    ...(dotless === host ? [] : [['with another character for a dot', `${protocol}//${dotless}`] as const]),
    ['null', 'null'],
    ['of a file', 'file://'],
    ['of another site', 'https://attacker.example'],
  ];
}
