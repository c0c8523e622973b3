import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { curlLines } from '../../../suites/harness/evidence/curl.js';
import type { SentRequest } from '../../../suites/harness/target/http/exchange.js';
import { SecretNames } from '../../../suites/harness/evidence/secret-names.js';
import { sh, Shell } from '../../../suites/harness/evidence/shell.js';
import {
  claimsOfToken,
  cookieIn,
  functionsFor,
  inJson,
  inUri,
  memberIn,
} from '../../../suites/harness/evidence/shell-functions.js';
import { hs256, Moment } from '../../../suites/harness/target/tokens/jwt.js';
import { payloads } from '../../helpers/targets/hostile-target.js';
import { run } from '../../helpers/run-cli.js';
import { needs } from '../../programs/tags.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash prints when it runs a line, with the functions that it calls. */
async function printed(line: Shell, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const lines = [...functionsFor([line]), line].map(String).join('\n');
  const { stdout, stderr } = await run('bash', ['-c', lines], { cwd: folder, env });
  expect(stderr).toBe('');
  return stdout;
}

const TARGET = 'http://127.0.0.1:8055';
const request = (parts: Partial<SentRequest>): SentRequest => ({
  method: 'GET',
  url: `${TARGET}/`,
  headers: [],
  ...parts,
});

/** The line of one request, with a password that the tester gave. */
function lineOf(parts: Partial<SentRequest>, password?: string): string {
  const names = new SecretNames();
  if (password !== undefined) names.add(password, 'GIVEN', { kind: 'environment', what: 'the password' });
  const lines = curlLines(TARGET, [{ request: request(parts), startedAt: 0, durationMs: 0 }], names);
  return lines.at(-2) ?? '';
}

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...payloads),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...'\'"\\$`!\n\t;&|<>(){}[]~#*?= -@%^'),
    ),
  )
  .map((parts) => parts.join(''));

describe('a text in shell', () => {
  test(
    'is one word on one visible line, whatever it holds, and reaches a command as it is',
    { tags: needs('bash') },
    async () => {
      const texts = fc.sample(hostileText, { numRuns: 300, seed: 7 });
      const words = texts.map((text) => Shell.literal(text));
      for (const word of words) expect(String(word)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      const got = await printed(sh`printf '%s\\0' ${Shell.words(words)}`);
      // No argument can hold U+0000; a lone surrogate is no text.
      expect(got.split('\0').slice(0, -1)).toEqual(
        texts.map((text) => Buffer.from(text.replaceAll('\0', '\uFFFD')).toString()),
      );
    },
  );

  test('is not expanded by an interactive shell either', { tags: needs('bash') }, async () => {
    const text = `it's !! "!$" !x ^a^b ~ {a,b}`;
    const { stdout } = await run(
      'bash',
      ['-c', `bash --norc -i 2>&1 <<'END'\n${String(sh`printf '<%s>\\n' ${text}`)}\nEND`],
      { cwd: folder },
    );
    expect(stdout).toContain(`<${text}>`);
  });

  test('cannot be put where it could not be quoted', () => {
    expect(() => sh`echo "${'x'}"`).toThrow(/between quotes/);
    expect(() => sh`echo '${'x'}'`).toThrow(/between quotes/);
    expect(() => sh`echo "$(cat ${'x'})`).toThrow(/open/);
    expect(() => sh`echo \\${'x'}`).toThrow(/backslash/);
    expect(() => sh`echo $${'x'}`).toThrow(/dollar/);
    expect(() => sh`cat <<END${'x'}`).toThrow(/here-document/);
    expect(() => sh`a\nb`).toThrow(/line end/);
    expect(() => Shell.variable('A; touch B')).toThrow(TypeError);
    expect(() => Shell.variable('A', [0, -1])).toThrow(TypeError);
    expect(() => Shell.call('a b')).toThrow(TypeError);
    expect(String(sh`echo "$(cat ${'x y'})" ${sh`-n ${'$z'}`}`)).toBe(`echo "$(cat 'x y')" -n '$z'`);
  });
});

/** jq reads no lone surrogates, and no argument of a command can hold one. */
const readable = payloads.filter((one) => !/\p{Surrogate}/u.test(one));

describe('what lines take out of answers', { tags: needs('bash', 'jq') }, () => {
  test('is the member or the cookie of any name, and nothing else of it', async () => {
    const names = readable.filter((name) => !name.includes('\0') && name.length < 1000);
    const cookies = names.map((name, i) => `${name.replace(/[=;\s\p{C}]/gu, '.')}${i}`).concat('a.*', '-n', '\\d');
    const body = Object.fromEntries(names.map((name, i) => [name, `value ${i}`]));
    const headers = ['HTTP/1.1 200 OK', ...cookies.map((name, i) => `sEt-cookie: ${name}=value ${i}; Path=/`), ''];
    await run('bash', ['-c', 'printf %s "$BODY" >answer.json; printf %s "$HEADERS" >headers.txt'], {
      cwd: folder,
      env: { BODY: JSON.stringify({ data: body }), HEADERS: headers.join('\r\n') },
    });
    const lines = [
      ...names.map((name) => sh`A=${memberIn(['data', name])}; printf '%s\\n' "$A"`),
      ...cookies.map((name) => sh`A=${cookieIn(name)}; printf '%s\\n' "$A"`),
    ];
    const { stdout, stderr } = await run('bash', ['-c', [...functionsFor(lines), ...lines].map(String).join('\n')], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    const values = [...names, ...cookies].map((_name, i) => `value ${i < names.length ? i : i - names.length}`);
    expect(stdout.trimEnd().split('\n')).toEqual(values);
  });

  test('is spelled as JSON or in a URL where it goes on', async () => {
    const texts = readable.filter((one) => !one.includes('\0'));
    const values = texts.map((text) => Shell.literal(text));
    const spelled = [...values.map(inJson), ...values.map(inUri)];
    const got = (await printed(sh`printf '%s\\n' ${Shell.words(spelled)}`)).trimEnd().split('\n');
    expect(got.slice(0, texts.length).map((one) => JSON.parse(`"${one}"`) as unknown)).toEqual(texts);
    expect(got.slice(texts.length).map(decodeURIComponent)).toEqual(texts);
  });
});

describe('claims that are made when a line is run', { tags: needs('bash', 'jq') }, () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = async (payload: object, change: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const token = hs256({ ...payload }, 'x');
    return JSON.parse(
      await printed(sh`printf %s ${claimsOfToken(Shell.variable('TOKEN'), change)}`, { TOKEN: token }),
    ) as Record<string, unknown>;
  };

  test('are counted from the issue of the token at hand, or from now where it does not tell it', async () => {
    const change = { iat: Moment.afterIssue(0), exp: Moment.afterIssue(-1), id: undefined };
    expect(await claims({ iat: 1000, id: 'x', role: 'y' }, change)).toEqual({
      iat: 1000,
      exp: 999,
      role: 'y',
    });
    const { exp } = await claims({ iat: `'; touch x; '` }, { exp: Moment.afterIssue(900).inText() });
    expect(Number(exp) - now).toBeGreaterThanOrEqual(900);
    expect(exp).toBeTypeOf('string');
  });

  test('are text, whatever they are called and hold', async () => {
    const texts = readable.filter((one) => !one.includes('\0') && one.length < 1000);
    const change = { ...Object.fromEntries(texts.map((text) => [text, text])), iss: texts.join(''), list: texts };
    expect(await claims({}, change)).toEqual(change);
  });
});

describe('a curl line', () => {
  test.each([
    ['a file', { headers: [['@/etc/passwd', 'x']] }, '# not repeated: '],
    ['a second header', { headers: [['X-A', 'a\r\nX-B: b']] }, '# not repeated: '],
    ['no value', { headers: [['X-A', '  ']] }, `-H 'X-A;'`],
    ['a byte beyond ASCII', { headers: [['X-A', 'é']] }, `-H 'X-A: '$'\\xe9'`],
    ['what a shell would expand', { headers: [['X-A', '$(id) `id`']] }, `-H 'X-A: $(id) \`id\`'`],
  ] as [string, Partial<SentRequest>, string][])(
    'sends a header with %s as it was sent, or not at all',
    (_what, parts, expected) => {
      expect(lineOf(parts)).toContain(expected);
    },
  );

  test('takes no pattern, option or file out of what it sends', () => {
    expect(lineOf({ url: `${TARGET}/users/[1-9]{a,b}` })).toContain(' -g ');
    expect(lineOf({ url: `${TARGET}/users?a=' "\\\u202E` })).toBe(
      `curl -sS -i -w '\\n' "$TARGET"'/users?a='\\''%20%22%5C%E2%80%AE'`,
    );
    expect(lineOf({ method: 'POST', body: '@/etc/passwd' })).toContain('--data-raw @/etc/passwd');
    expect(lineOf({ method: 'POST', body: 'a\0b' })).toContain(`printf '%s\\0%s' a b | curl`);
  });

  test.each([
    ['a', { body: '{"email":"a@b.c","password":"a"}' }, `'{"email":"a@b.c","password":"'"$GIVEN"'"}'`],
    ['a', { body: '{"password":"ax"}' }, `'{"password":"'"$GIVEN"'x"}'`],
    ['a', { body: '{"query":"{ l(password: \\"a\\") { a } }"}' }, `(password: \\"'"$GIVEN"'\\") { a } }"}'`],
    ['a', { headers: [['Authorization', 'Bearer a']] }, `-H 'Authorization: Bearer '"$GIVEN"`],
    ['a', { headers: [['Cookie', 'a=b; token=a; c=d']] }, `token='"$GIVEN"'; c=d'`],
    ['a', { url: `${TARGET}/a?access_token=a&b=c` }, `access_token='"$GIVEN"'&b=c'`],
    ['pa"ss', { body: '{"password":"pa\\"ss"}' }, `'{"password":"'"$(json "$GIVEN")"'"}'`],
    [
      'pa"ss\\word',
      { body: JSON.stringify({ query: `l(p: ${JSON.stringify('pa"ss\\word')})` }) },
      `"$(json "$(json "$GIVEN")")"`,
    ],
    ['a+b/c=&', { url: `${TARGET}/?access_token=a%2Bb%2Fc%3D%26` }, `access_token='"$(uri "$GIVEN")"`],
    ['password', { body: '{"password":"password"}' }, `'{"password":"'"$GIVEN"'"}'`],
  ] as [string, Partial<SentRequest>, string][])(
    'has the variable in place of the secret %j in %j',
    (secret, parts, expected) => {
      const line = lineOf({ method: 'POST', ...parts }, secret);
      expect(line).toContain(expected);
    },
  );
});

describe('a block', { tags: needs('bash') }, () => {
  const names = new SecretNames();
  names.add('tok-en-1', 'TOKEN', { kind: 'json', exchange: 0, path: ['token'] });
  const sent = [request({}), request({ headers: [['X-A', 'tok-en-1']] })];
  const lines = curlLines(
    TARGET,
    sent.map((one) => ({ request: one, startedAt: 0, durationMs: 0 })),
    names,
  );

  test(
    'keeps what it needs in a folder that only its reader can open, and removes it',
    { tags: needs('jq') },
    async () => {
      const here = join(folder, 'here');
      const scratch = join(folder, 'scratch');
      const curl = `curl() { stat -c %a . >&2; ls -d "$TMPDIR"/* >&2; printf '{"token":"x"}' >answer.json; }`;
      const { stderr } = await run(
        'bash',
        ['-c', `mkdir "${here}" "${scratch}"; cd "${here}"; ${curl}\n${lines.join('\n')}`],
        {
          env: { TMPDIR: scratch },
        },
      );
      expect(stderr).toMatch(/^700\n\S+scratch\S+\n700\n/);
      expect([...readdirSync(here), ...readdirSync(scratch)]).toEqual([]);
    },
  );

  test('touches nothing where no folder can be made', async () => {
    const { stdout, code } = await run('bash', ['-c', `curl() { echo called; }\n${lines.join('\n')}`], {
      cwd: folder,
      env: { TMPDIR: '/nowhere' },
    });
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
  });

  test('leaves the shell open, its variables and its traps, where a variable is missing', async () => {
    const given = new SecretNames();
    given.add('the-password', 'GIVEN', { kind: 'environment', what: 'the password' });
    const block = curlLines(
      TARGET,
      [{ request: request({ body: 'the-password' }), startedAt: 0, durationMs: 0 }],
      given,
    );
    const script = ['TARGET=mine', 'trap "echo my own trap" EXIT', ...block, 'echo "still here: $TARGET"'].join('\n');
    const { stdout, stderr } = await run('bash', ['--norc', '-c', `bash --norc -i <<'END'\n${script}\nEND`], {
      cwd: folder,
    });
    expect(stderr).toContain('GIVEN: set it to the password');
    expect(stdout).toContain('still here: mine');
    expect(stdout).toContain('my own trap');
  });
});
