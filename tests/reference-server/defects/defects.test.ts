import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createReferenceServer, defects, UnknownDefectError, type Defect } from '../../../reference-server/index.js';
import { login, quickServer, send } from '../client.js';

interface Chapter {
  readonly requirements: readonly { readonly defects: readonly string[] }[];
}

const names = defects.map(({ name }) => name);

test('the defects are those that the requirements name', () => {
  const folder = new URL('../../../spec/requirements/', import.meta.url);
  const chapters = readdirSync(folder).map((file) => parse(readFileSync(new URL(file, folder), 'utf8')) as Chapter);
  const named = new Set(chapters.flatMap(({ requirements }) => requirements.flatMap((each) => each.defects)));
  expect([...names].sort()).toEqual([...named].sort());
  expect(new Set(names).size).toBe(names.length);
});

test('each wraps a port', () => {
  for (const { name, wrap } of defects as readonly Defect[]) expect(Object.keys(wrap()), name).not.toEqual([]);
});

describe('a defect that does not exist', () => {
  test.each([
    ['static-token-readble', 'Did you mean static-token-readable'],
    ['session-cookie-renamd', 'Did you mean session-cookie-renamed'],
    ['nothing-like-it', 'There are: identity-of-last-login, '],
    ['', 'There are: '],
  ])('%j', async (name, message) => {
    const creation = createReferenceServer({ defects: ['every-token-is-admin', name] });
    await expect(creation).rejects.toThrow(UnknownDefectError);
    await expect(creation).rejects.toThrow(`There is no defect ${JSON.stringify(name)}. ${message}`);
  });
});

test('several at once', async () => {
  const server = await quickServer({ defects: ['expires-in-seconds', 'login-without-refresh-token'] });
  try {
    const { data } = await send(server, 'POST /auth/login', {
      body: { email: 'admin@example.com', password: 'd1r3ctu5' },
    });
    expect(data).toEqual({ expires: 900, access_token: expect.any(String) as unknown });
    expect((await login(server)).refresh).toBeUndefined();
  } finally {
    await server.close();
  }
});
