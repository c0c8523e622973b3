import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Configuration } from '../spec/generated/configuration.js';
import { schemas } from '../spec/schemas.js';
import { withoutUserinfo } from '../spec/values/mask.js';
import { doYouMean } from '../spec/values/suggestion.js';
import { compileValidator } from '../spec/schema-validator.js';
import { formats } from '../reporters/renderers.js';
import { ConfigurationError } from '../report/errors.js';
import { parseJson } from '../report/files/parse-json.js';
import { encodingOf, readBytes, readText, textIn } from '../report/files/read-text.js';

type Key = keyof Configuration;
/** Values as they were given, each with where it came from. */
type Given = Map<Key, { readonly value: unknown; readonly from: string }>;

const prefix = 'AUTH_CONFORMANCE_';
const keys = Object.keys(schemas['configuration.schema.json'].properties) as Key[];
/** What only a file can say: it is code. */
const ofFile: readonly Key[] = ['clock', 'users', 'paths', 'headers', 'capabilities'];
const lists: readonly Key[] = ['profile', 'only', 'skip', 'requireProfile', 'protectedPath'];
const integers: readonly Key[] = ['bail', 'concurrency', 'runs', 'seed'];
const booleans: readonly Key[] = [
  'thorough',
  'shuffle',
  'cookieSecure',
  'updateBaseline',
  'insecure',
  'verbose',
  'quiet',
];
/** Variables that the command serve reads. */
const ofServe: readonly string[] = ['AUTH_CONFORMANCE_PERSIST', 'AUTH_CONFORMANCE_STORE'];
const fileNames = ['ts', 'js', 'mjs', 'json'].map((extension) => `auth-conformance.config.${extension}`);

/** The environment variable of a key: `adminEmail` is AUTH_CONFORMANCE_ADMIN_EMAIL. */
export const variableOf = (key: string): string =>
  prefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** The flag of a key: `adminEmail` is --admin-email. */
export const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A text from a flag or variable as the value that the schema wants. What cannot be read is left for the schema to reject. */
function fromText(key: Key, text: string, from: string): unknown {
  if (lists.includes(key))
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  // A value may hold commas.
  if (key === 'header')
    return text
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  if (integers.includes(key)) return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (key === 'maxSkipped') return /^-?\d+$/.test(text.trim()) ? Number(text) : text.trim();
  if (booleans.includes(key)) return text === 'true' ? true : text === 'false' ? false : text;
  if (key === 'userFields') return membersIn(text, from);
  if (key === 'targets') return targetsFrom(text.split(','));
  if (key === 'report') return Object.fromEntries(text.split(',').map((pair) => reportPair(pair, from)));
  return text;
}

/** @throws ConfigurationError when the text is no object in JSON */
function membersIn(text: string, from: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new ConfigurationError(`${from}: "${text}" is no object in JSON, such as {"company":"Example"}`);
}

/** Targets from their URLs. What is no URL is left for the schema to reject. */
const targetsFrom = (urls: readonly string[]): { readonly target: string }[] =>
  urls.map((url) => ({ target: url.trim() })).filter(({ target }) => target !== '');

function reportPair(pair: string, from: string): [string, string] {
  const [format = '', ...rest] = pair.split('=');
  const file = rest.join('=');
  if (format.trim() === '' || file.trim() === '') {
    throw new ConfigurationError(`${from}: "${pair}" is not of the form FORMAT=FILE, such as html=report.html`);
  }
  return [format.trim(), file.trim()];
}

/** What the flags say. Repeatable flags come as lists of texts. */
function fromFlags(flags: Readonly<Record<string, unknown>>): Given {
  const given: Given = new Map();
  for (const key of keys) {
    const value = flags[key];
    if (value === undefined) continue;
    const from = flagOf(key);
    if (key === 'target' && Array.isArray(value) && value.length > 1) {
      given.set('targets', { value: targetsFrom(value as string[]), from });
      continue;
    }
    if (key === 'header') {
      given.set(key, { value, from });
      continue;
    }
    const text = Array.isArray(value) ? value.join(',') : (value as string | true).toString();
    given.set(key, { value: fromText(key, text, from), from });
  }
  return given;
}

/** What the environment says. An empty variable counts as not set; one that is not read by anything is rejected, as a typing error. */
function fromEnvironment(environment: NodeJS.ProcessEnv): Given {
  const given: Given = new Map();
  const known = new Map(keys.filter((key) => !ofFile.includes(key)).map((key) => [variableOf(key), key]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || ofServe.includes(variable) || text === undefined || text === '') continue;
    const key = known.get(variable);
    if (key === undefined) {
      throw new ConfigurationError(
        `the environment variable ${variable} is not known.${doYouMean(variable, [...known.keys()])} Known are ${[...known.keys()].join(', ')}`,
      );
    }
    given.set(key, { value: fromText(key, text, variable), from: variable });
  }
  return given;
}

/** What a configuration file says: the one named, or the one in the working directory. */
async function fromFile(named: string | undefined, directory: string): Promise<Given> {
  const path =
    named === undefined
      ? fileNames.map((name) => resolve(directory, name)).find((file) => existsSync(file))
      : resolve(directory, named);
  if (path === undefined) return new Map();
  if (!existsSync(path)) throw new ConfigurationError(`the configuration file ${named ?? path} does not exist`);
  const content = await load(path);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigurationError(
      `${path}: a configuration file must hold an object${path.endsWith('.json') ? '' : ', as its default export'}`,
    );
  }
  const given: Given = new Map();
  for (const [key, value] of Object.entries(content))
    // One profile or id may stand there without the brackets of a list.
    given.set(key as Key, {
      value: lists.includes(key as Key) && typeof value === 'string' ? [value] : (value as unknown),
      from: `"${key}" in ${path}`,
    });
  return given;
}

/** What a configuration that is a program may be called: what Node and the loader of TypeScript import. */
const moduleExtensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

async function load(path: string): Promise<unknown> {
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`the configuration file ${path} ${why}`);
  if (extname(path) === '.json') return parseJson(readText(path, wrong), wrong);
  const bytes = readBytes(path, wrong);
  if (!moduleExtensions.includes(extname(path)))
    throw wrong(`is no configuration: name one in JSON (.json), or a module (${moduleExtensions.join(', ')})`);
  const encoding = encodingOf(bytes);
  if (encoding !== 'utf-8') throw wrong(`is in ${encoding.toUpperCase()}: save it as UTF-8`);
  if (textIn(bytes, wrong).trim() === '') throw wrong('is empty');
  try {
    if (/^\.[mc]?ts$/.test(extname(path))) {
      const { createJiti } = await import('jiti');
      return await createJiti(import.meta.url).import(path, { default: true });
    }
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default;
  } catch (error) {
    // What is wrong with JSON is told with a piece of it, which may be a password.
    const message = error instanceof Error ? error.message : String(error);
    const [what = ''] = message.split('\n', 1);
    const shown = extname(path) === '.json' ? what.replace(/(?:, \.{0,3})?".*$|, \.{3}.*$/s, '').trim() : what;
    throw wrong(`cannot be read: ${shown.trim()}${await placeOf(error, path)}`);
  }
}

/**
 * Where a module has a syntax error: Node says so nowhere that can be read, the loader of TypeScript at the end of its message, with
 * columns from 0. Nothing for any other error.
 */
async function placeOf(error: unknown, path: string): Promise<string> {
  const placed = (message: string): string => {
    const [, line, column] = /:(\d{1,9}):(\d{1,9})\s*$/.exec(message) ?? [];
    return line === undefined ? '' : `: see line ${line}, column ${Number(column) + 1}`;
  };
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('ParseError')) return placed(message);
  if (!(error instanceof SyntaxError)) return '';
  const { createJiti } = await import('jiti');
  try {
    await createJiti(import.meta.url).import(path);
    return '';
  } catch (again) {
    return again instanceof Error && again.message.startsWith('ParseError') ? placed(again.message) : '';
  }
}

const mayBeShown = (key: string): boolean => !/password|token|secret|header|clockUrl/i.test(key);

/** Holds the values against the schema. Every problem names the key and where it came from. */
function validated(given: Given): Configuration {
  const merged = Object.fromEntries([...given].map(([key, { value }]) => [key, value])) as Configuration;
  const problems = compileValidator(Object.values(schemas), 'configuration.schema.json')(merged);
  if (problems.length === 0) return merged;
  const sentences = problems.map(({ path, message, meant }) => {
    const [key = '', ...inner] = path.split('.');
    const { value, from } = given.get(key as Key) ?? { value: undefined, from: key };
    const question = meant === undefined ? '' : `. Do you mean ${meant}?`;
    // Entries hold passwords: none is shown.
    if (key === 'targets') return `${from}${inner.length > 0 ? `, ${inner.join('.')}` : ''} ${message}${question}`;
    if (!keys.includes(key as Key)) return `${from} is not known.${doYouMean(key, keys)} Known are ${keys.join(', ')}`;
    if (key === 'report' && message.includes('not known'))
      return `${from}: there is no format "${inner.join('.')}".${doYouMean(inner.join('.'), formats)} There are ${formats.join(', ')}`;
    // JSON shows no functions.
    const mayShow = key !== 'users' && mayBeShown(key) && value !== undefined;
    const shown = mayShow ? `, but is ${withoutUserinfo(JSON.stringify(value))}` : '';
    const where = inner.length > 0 && Number.isNaN(Number(inner[0])) ? `${from}, ${inner.join('.')}` : from;
    return message.startsWith('is ')
      ? `${where}: ${message}${shown.replace(', but is', ':')}${question}`
      : `${where} ${message}${shown}${question}`;
  });
  throw new ConfigurationError([...new Set(sentences)].join('\n'));
}

/**
 * What flags say by themselves, for a command that reads neither environment nor file.
 * @throws ConfigurationError naming each flag that is wrong
 */
export const readFlags = (flags: Readonly<Record<string, unknown>>): Configuration => validated(fromFlags(flags));

/** Where a configuration is read from. */
export interface ConfigurationSources {
  /** Flags by key. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: NodeJS.ProcessEnv;
  /** A configuration file that was named; without, auth-conformance.config.{ts,js,mjs,json} is looked for. */
  readonly file?: string;
  /** Where to look, and what file names are relative to. */
  readonly directory: string;
}

/**
 * Puts the configuration together: flags before environment before file.
 * @throws ConfigurationError naming each key that is wrong, and where it came from
 */
export async function readConfiguration({
  flags,
  environment,
  file,
  directory,
}: ConfigurationSources): Promise<Configuration> {
  const given: Given = new Map();
  for (const source of [await fromFile(file, directory), fromEnvironment(environment), fromFlags(flags)]) {
    const [one, several] = [source.get('target'), source.get('targets')];
    if (one !== undefined && several !== undefined)
      throw new ConfigurationError(`${one.from} and ${several.from}: give one of them`);
    // One target and several are two ways to say the same.
    if (one !== undefined) given.delete('targets');
    if (several !== undefined) given.delete('target');
    for (const [key, value] of source) given.set(key, value);
  }
  return validated(given);
}
