import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Observation } from '../../spec/generated/observation.js';
import { root } from '../helpers/run-cli.js';

type Responses = Record<string, { $ref?: string; content?: unknown }>;
interface Description {
  readonly paths: Record<string, Record<string, { responses: Responses }>>;
  readonly components: { responses: Record<string, { content: { 'application/json': { schema: object } } }> };
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

/** A recorded body; a JWT stands in it with its claims, JWT{…}, which a text replaces. */
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
