import { createReferenceServer, type ReferenceServer, type ReferenceServerOptions } from '../index.js';

/** What a fixture needs to know: the options of the server, and where it listens. */
export interface AuthServerOptions extends ReferenceServerOptions {
  /** A free port when not given. */
  readonly port?: number;
}

/** A server that listens, with cheap hashes of passwords: tests do not wait for them. */
export async function startForTests({ port = 0, ...options }: AuthServerOptions): Promise<ReferenceServer> {
  const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };
  const server = await createReferenceServer({ argon2Cost: cheap, ...options });
  await server.listen({ port });
  return server;
}
