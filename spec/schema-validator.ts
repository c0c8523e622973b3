import { Ajv, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import { isVersionRange, readVersion } from './values/directus-version.js';
import { headerFieldProblem, readHeaderField } from './values/header-field.js';
import { readHostAndPort } from './values/host-and-port.js';
import { readShard } from './values/shard.js';
import { nearest } from './values/suggestion.js';
import { readTimeSpan } from './values/time-span.js';

/** One way in which data is not what its schema wants. */
export interface Problem {
  /** The member, dotted; empty for the data as a whole. */
  readonly path: string;
  /** What is wrong with it, to follow the path. */
  readonly message: string;
  /** What was probably meant by a member or value that is not known. */
  readonly meant?: string;
}

/** Holds data against a schema; answers with what is wrong, with nothing when the data is valid. */
export type Validator = (data: unknown) => Problem[];

function suggestion(word: string, known: readonly string[]): { readonly meant?: string } {
  const meant = nearest(word, known);
  return meant === undefined ? {} : { meant };
}

function problemOf({ instancePath, params, message, keyword, data, parentSchema }: ErrorObject): Problem {
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'additionalProperties') {
    const { additionalProperty } = params as { additionalProperty: string };
    const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
    return {
      path: path === '' ? additionalProperty : `${path}.${additionalProperty}`,
      message: 'is not known here',
      ...suggestion(additionalProperty, known),
    };
  }
  if (keyword === 'enum')
    return {
      path,
      message: `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`,
      ...(typeof data === 'string' && suggestion(data, (params as { allowedValues: string[] }).allowedValues)),
    };
  if (keyword === 'format') {
    const wanted: Record<string, string> = {
      'time-span': "must be a duration such as '500ms', '10s' or '2m'; a bare number means seconds",
      'base-url': 'must be a URL that begins with http:// or https://, without query and fragment',
      'header-field': headerFieldProblem(String(data)) ?? 'is not valid',
      'host-and-port': 'must be of the form HOST:PORT, such as 127.0.0.1:8443 or [::1]:8443',
      version: 'must be a version such as 10.13.4',
      'version-range': 'must be a range of versions such as >=10.13.1',
      'http-url': 'must be a URL that begins with http:// or https://',
      shard: 'must be of the form I/N, such as 2/3 for the second of three parts, N at most 1000',
      'number-or-share': "must be a number such as 10, or a share such as '10%'",
    };
    return { path, message: wanted[(params as { format: string }).format] ?? message ?? 'is not valid' };
  }
  if (keyword === 'pattern' && (params as { pattern: string }).pattern.startsWith('^/'))
    return { path, message: 'must be a path, which begins with / and has no query' };
  if (keyword === 'tsType') return { path, message: 'must be a function' };
  return { path, message: message ?? 'is not valid' };
}

/** A base URL of an API: nothing but scheme, host, port and path, with user and password for what is in front of it. */
function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && search + hash === '';
}

/** A URL that a request can be sent to. */
const isHttpUrl = (value: string): boolean => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/**
 * Compiles one schema out of a set whose members refer to each other by `$id`.
 * @param schemas all schemas of the set
 * @param id the `$id` (file name) of the schema to validate with
 * @throws when the set has no such schema
 */
export function compileValidator(schemas: readonly object[], id: string): Validator {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictTypes: false, allowUnionTypes: true });
  formats.default(ajv);
  // What no JSON can hold is a function: `tsType` says of which type, for those who write TypeScript.
  ajv.addKeyword({ keyword: 'tsType', validate: (_type: string, data: unknown) => typeof data === 'function' });
  ajv.addFormat('base-url', isBaseUrl);
  ajv.addFormat('http-url', isHttpUrl);
  ajv.addFormat('time-span', (value) => readTimeSpan(value) !== undefined);
  ajv.addFormat('header-field', (value) => readHeaderField(value) !== undefined);
  ajv.addFormat('host-and-port', (value) => readHostAndPort(value) !== undefined);
  ajv.addFormat('version', (value) => readVersion(value) !== undefined);
  ajv.addFormat('version-range', isVersionRange);
  ajv.addFormat('shard', (value) => readShard(value) !== undefined);
  ajv.addFormat('number-or-share', /^(\d|[1-9]\d|100)%$/);
  ajv.addSchema(schemas);
  const validate = ajv.getSchema(id);
  if (validate === undefined) throw new Error(`no schema ${id}`);
  return (data) => {
    void validate(data);
    return (validate.errors ?? []).map(problemOf);
  };
}
