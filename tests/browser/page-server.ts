import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of empty pages. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an empty page at every path, on loopback, at a free port. */
export async function servePages(): Promise<PageServer> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end('<!doctype html><title>page</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
