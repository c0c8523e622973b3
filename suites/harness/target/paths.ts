/** Where the endpoints are, as Directus has them. */
const usual = {
  login: '/auth/login',
  refresh: '/auth/refresh',
  logout: '/auth/logout',
  me: '/users/me',
  users: '/users',
  graphql: '/graphql/system',
  websocket: '/websocket',
  info: '/server/info',
} as const;

/** Where the endpoints of a target are, each that is not where Directus has it. */
export type Paths = Readonly<Partial<Record<keyof typeof usual, string>>>;

const byLength = (Object.entries(usual) as [keyof typeof usual, string][]).sort(
  ([, one], [, other]) => other.length - one.length,
);

/**
 * Where an endpoint of a target is.
 * @param path as Directus has it, with its query, or with more behind it
 */
export function pathAt(paths: Paths | undefined, path: string): string {
  if (paths === undefined) return path;
  const found = byLength.find(
    ([, one]) => path === one || (path.startsWith(one) && /^[/?]/.test(path.slice(one.length))),
  );
  if (found === undefined) return path;
  const [name, from] = found;
  return (paths[name] ?? from) + path.slice(from.length);
}
