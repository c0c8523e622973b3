import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

/** A user as the application keeps it. */
export interface AppUser {
  readonly id: string;
  email: string;
  password: string;
  status: string;
  token?: string | null;
}

/** An application that has standard tokens, refresh tokens and static tokens, its users in an array, and no Users API. */
export interface ExpressServer {
  readonly url: string;
  readonly users: AppUser[];
  close(): Promise<void>;
}

const LIFE_MS = 900_000;

/** Starts it. Its endpoints are not where Directus has them. */
export async function expressServer(): Promise<ExpressServer> {
  const users: AppUser[] = [];
  const key = randomUUID();
  /** Refresh tokens, with the id of their user. */
  const logins = new Map<string, string>();
  const signed = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  const issue = (id: string): object => {
    const claims = Buffer.from(JSON.stringify({ id, expires: Date.now() + LIFE_MS, of: randomUUID() })).toString(
      'base64url',
    );
    const refresh_token = randomUUID() + randomUUID();
    logins.set(refresh_token, id);
    return { access_token: `${claims}.${signed(claims)}`, refresh_token, expires: LIFE_MS };
  };
  const holderOf = (token: string): AppUser | undefined => {
    const byStatic = users.find((user) => user.token === token);
    if (byStatic !== undefined) return byStatic;
    const [claims = '', signature = '', ...rest] = token.split('.');
    const [expected, given] = [Buffer.from(signed(claims)), Buffer.from(signature)];
    if (rest.length > 0 || expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const { id, expires } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { id: string; expires: number };
    return Date.now() < expires ? users.find((user) => user.id === id) : undefined;
  };
  const app = express();
  app.use(express.json());
  app.post('/session/open', ({ body }: { body: Record<string, unknown> }, response) => {
    const { email, password, mode = 'json' } = body;
    if (mode !== 'json') return void response.status(400).json({ error: 'there is no such mode' });
    const user = users.find((one) => one.email === email && one.password === password && one.status === 'active');
    if (user === undefined) return void response.status(401).json({ error: 'wrong' });
    response.json(issue(user.id));
  });
  app.post('/session/renew', ({ body }: { body: Record<string, unknown> }, response) => {
    const token = String(body['refresh_token']);
    const id = logins.get(token);
    logins.delete(token);
    const user = users.find((one) => one.id === id);
    if (user === undefined) return void response.status(401).json({ error: 'unknown' });
    response.json(issue(user.id));
  });
  app.post('/session/close', ({ body }: { body: Record<string, unknown> }, response) => {
    const token = String(body['refresh_token']);
    response.status(logins.delete(token) ? 204 : 401).end();
  });
  app.get('/whoami', (request, response) => {
    const inHeader = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const { access_token: inQuery } = request.query;
    if (inHeader !== undefined && inQuery !== undefined) return void response.status(400).json({ error: 'two tokens' });
    const user = holderOf(inHeader ?? (typeof inQuery === 'string' ? inQuery : ''));
    if (user === undefined || user.token === '') return void response.status(401).json({ error: 'unknown' });
    response.json({ id: user.id });
  });
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
