import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Observation } from '../../spec/generated/observation.js';
import { root } from '../helpers/run-cli.js';

type Responses = Record<string, { $ref?: string; content?: unknown; headers?: object }>;
interface Body {
  readonly content: { readonly 'application/json': { readonly schema: object } };
}
interface Description {
  readonly security: readonly object[];
  readonly paths: Record<
    string,
    Record<string, { responses: Responses; requestBody?: Body | { $ref: string }; security?: object[] }>
  >;
  readonly components: {
    responses: Record<string, { content: { 'application/json': { schema: object } } }>;
    requestBodies: Record<string, Body>;
  };
}

const description = parse(readFileSync(`${root}spec/openapi.yaml`, 'utf8')) as Description;
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema({ ...description, $id: 'openapi.yaml' });

const recorded = readdirSync(`${root}spec/observations`)
  .map((file) => parse(readFileSync(`${root}spec/observations/${file}`, 'utf8')) as Observation)
  .flatMap(({ exchanges }) => exchanges ?? [])
  .flatMap((exchange) => ('request' in exchange ? [exchange] : []))
  .map((exchange) => ({
    ...exchange,
    path: (exchange.request.path.split('?')[0] ?? '').replace('<uuid>', '{id}'),
  }))
  .filter(({ path, request }) => description.paths[path]?.[request.method.toLowerCase()] !== undefined);

/** A recorded body; a JWT is in it with its claims, JWT{…}, which a text replaces. */
const bodyOf = (text: string): unknown => JSON.parse(text.replace(/JWT\{[^}]*\}/g, '<jwt>'));

test('the recorded exchanges of the described endpoints are many', () => {
  expect(recorded.length).toBeGreaterThan(80);
});

test.each(recorded)('$name: $request.method $path is as described', ({ path, request, response }) => {
  const responses = description.paths[path]?.[request.method.toLowerCase()]?.responses ?? {};
  const described = responses[String(response.status)];
  expect(described, `${request.method} ${path} ${response.status}`).toBeDefined();
  const name = described?.$ref?.split('/').at(-1);
  if (name === undefined) return;
  const pointer = `openapi.yaml#/components/responses/${name}/content/application~1json/schema`;
  const validate = ajv.getSchema(pointer);
  void validate?.(bodyOf(response.body ?? 'null'));
  expect(validate?.errors).toBeNull();
});

/** A part of a path as a JSON pointer writes it. */
const pointerTo = (...parts: string[]): string =>
  `openapi.yaml#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

const accepted = recorded.filter(
  ({ request, response }) => request.body !== undefined && request.method !== 'GET' && response.status < 300,
);

test('the recorded requests with a body that were accepted are many', () => {
  expect(accepted.length).toBeGreaterThan(30);
});

test.each(accepted)('$name: the body of $request.method $path is as described', ({ path, request }) => {
  const method = request.method.toLowerCase();
  const body = description.paths[path]?.[method]?.requestBody;
  expect(body).toBeDefined();
  const named = body !== undefined && '$ref' in body ? body.$ref.split('/').at(-1) : undefined;
  const place = named === undefined ? ['paths', path, method, 'requestBody'] : ['components', 'requestBodies', named];
  const validate = ajv.getSchema(pointerTo(...place, 'content', 'application/json', 'schema'));
  expect(validate).toBeDefined();
  void validate?.(JSON.parse((request.body ?? '').replaceAll('<uuid>', '5f2c9a1e-3b64-4f0d-9c58-7d1b2a6e4c30')));
  expect(validate?.errors).toBeNull();
});

const cookies = recorded.flatMap(({ name, response }) =>
  Object.entries(response.headers ?? {})
    .filter(([header]) => header.toLowerCase() === 'set-cookie')
    .map(([, cookie]) => ({ name, cookie })),
);

test('the recorded token cookies are many', () => {
  expect(cookies.length).toBeGreaterThan(5);
});

test.each(cookies)('$name: the cookie $cookie is as described', ({ cookie }) => {
  const name = /^\w+=;/.test(cookie) ? 'ClearedCookie' : 'TokenCookie';
  const validate = ajv.getSchema(pointerTo('components', 'headers', name, 'schema'));
  expect(validate).toBeDefined();
  void validate?.(cookie);
  expect(validate?.errors).toBeNull();
});

test('the examples are as described', () => {
  const examples = Object.entries(description.components.responses).flatMap(([name, { content }]) => {
    const { example, examples = {} } = content['application/json'] as {
      example?: unknown;
      examples?: Record<string, { value: unknown }>;
    };
    const all = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
    return all.map((one) => ({ name, example: one }));
  });
  expect(examples.length).toBeGreaterThan(5);
  for (const { name, example } of examples) {
    const validate = ajv.getSchema(pointerTo('components', 'responses', name, 'content', 'application/json', 'schema'));
    void validate?.(example);
    expect(validate?.errors, name).toBeNull();
  }
});

test('a request without a token is answered by a mock only where no token is needed', () => {
  const isPublic = (operation: { security?: object[] }): boolean =>
    (operation.security ?? description.security).some((one) => Object.keys(one).length === 0);
  const open = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      method === 'parameters' || !isPublic(operation) ? [] : [`${method} ${path}`],
    ),
  );
  expect(open).toEqual([
    'post /auth/login',
    'post /auth/refresh',
    'post /auth/logout',
    'post /auth/password/request',
    'post /auth/password/reset',
    'get /utils/random/string',
    'get /server/specs/oas',
  ]);
});
