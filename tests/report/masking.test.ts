import { describe, expect, test } from 'vitest';
import { requirements } from '../../spec/catalogue.js';
import type { Report } from '../../spec/generated/report.js';
import { Masker } from '../../report/masking/masker.js';
import { mustHoldNoSecret, SecretInReport } from '../../report/masking/scan.js';
import { decodedOnce } from '../../report/masking/views.js';
import { givenSecrets } from '../../runner/given-secrets.js';
import { issuedSecrets } from '../../suites/harness/evidence/issued-secrets.js';
import { mask, withoutUserinfo } from '../../spec/values/mask.js';
import { reportFixture } from '../reporters/report-fixture.js';

const none = { given: [], issued: [], public: [] };
const strange = `pa"ss\\wörd'$(x)`;
const reserved = 'q7+z/k=9&w%v#u?t;s,r';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hexEscaped = (text: string): string =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`).join('');
const wholly = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const bytes = (text: string, radix: number, between: string, before = ''): string =>
  [...Buffer.from(text)].map((byte) => before + byte.toString(radix).padStart(radix === 8 ? 3 : 2, '0')).join(between);
const numbers = (text: string, written: (code: number) => string): string =>
  [...text].map((one) => written(one.charCodeAt(0))).join('');
const fullWidth = (text: string): string =>
  text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));

const spellings: [string, (secret: string) => string][] = [
  ['as it is', (secret) => secret],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['in JSON', (secret) => JSON.stringify(secret)],
  ['in JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
  ['in JSON, every character escaped', hexEscaped],
  ['in JSON with escaped slashes', (secret) => JSON.stringify(secret).replaceAll('/', '\\/')],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (secret) => encodeURIComponent(secret).toLowerCase()],
  ['percent-encoded as URI', encodeURI],
  ['percent-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ['percent-encoded, every byte', wholly],
  ['as in a form', (secret) => new URLSearchParams({ secret }).toString()],
  ['in JSON in a URL', (secret) => encodeURIComponent(JSON.stringify(secret))],
  ['in HTML', (secret) => secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
  ['in quotes of a shell', (secret) => `'${secret.replaceAll("'", `'\\''`)}'`],
  ['in base64', base64],
  ['in base64 one byte later', (secret) => base64(`x${secret}y`)],
  ['in base64 two bytes later', (secret) => base64(`xx${secret}yy`)],
  ['in base64url', (secret) => Buffer.from(`:${secret}`).toString('base64url')],
  ['in base64 in JSON in base64', (secret) => base64(JSON.stringify({ secret }))],
  ['in base64 of base64', (secret) => base64(base64(secret))],
  ['in base64 on lines of 20 characters', (secret) => base64(secret).replaceAll(/.{20}/g, '$&\r\n')],
  ['in hexadecimal digits', (secret) => Buffer.from(secret).toString('hex')],
  ['in hexadecimal digits behind another one', (secret) => `a${Buffer.from(secret).toString('hex').toUpperCase()}`],
  ['in hexadecimal digits with colons', (secret) => bytes(secret, 16, ':')],
  ['in hexadecimal numbers', (secret) => bytes(secret, 16, ', ', '0x')],
  ['quoted-printable, every byte', (secret) => bytes(secret, 16, '', '=')],
  ['as the JSON of a list of bytes', (secret) => JSON.stringify([...Buffer.from(secret)])],
  ['as a list of bytes, printed', (secret) => bytes(secret, 10, ', ')],
  ['in octal escapes', (secret) => bytes(secret, 8, '', '\\')],
  ['in escapes of ECMAScript', (secret) => numbers(secret, (code) => `\\u{${code.toString(16)}}`)],
  ['in HTML without semicolons', (secret) => numbers(secret, (code) => `&#${code}`)],
  ['with zero-width characters between', (secret) => [...secret].join('\u200B')],
  ['in full-width characters', fullWidth],
  ['in decomposed characters', (secret) => secret.normalize('NFD')],
  ['its first six characters', (secret) => secret.slice(0, 6)],
  ['its last six characters', (secret) => secret.slice(-6)],
];

describe('a secret is masked', () => {
  for (const secret of [strange, reserved, 'x'.repeat(99) + 'Y9'.repeat(50) + 'z']) {
    const masker = new Masker({ ...none, given: [secret] });
    test.each(spellings)(`${secret.slice(0, 20)}: %s`, (_how, spell) => {
      const spelled = spell(secret);
      for (const kind of ['body', 'header', 'url', 'prose', 'shell'] as const) {
        const masked = masker.text(`[${spelled}]`, kind);
        expect(masked).toContain('****');
        // Nothing is left of it but what a spelling puts round it.
        // In a shell, the spaces and braces between its characters are no text.
        if (kind !== 'shell' || !/[\s;&{}]/.test(spelled))
          expect(masked.replaceAll('****', '').length).toBeLessThan(24);
        const shown = decodedOnce(decodedOnce(masked)).toLowerCase();
        for (let i = 0; i + 6 <= secret.length; i += 1)
          expect(shown).not.toContain(secret.slice(i, i + 6).toLowerCase());
      }
    });
  }

  test('that was issued in one check, in the evidence of another one', () => {
    const masker = new Masker(none);
    masker.add(['dG9rZW4gb2Ygc29tZWJvZHk']);
    expect(masker.text('{"error":"you are dG9rZW4gb2Ygc29tZWJvZHk"}', 'body')).toBe('{"error":"you are ****"}');
  });

  test.each([
    ['a one-time password', '{"otp":"190277"}', '{"otp":"****"}'],
    ['but not within a number', '{"iat":1901902777}', '{"iat":1901902777}'],
  ])('%s', (_what, text, expected) => {
    expect(new Masker({ ...none, issued: ['190277'] }).text(text, 'body')).toBe(expected);
  });

  test('and an id that resembles a token by chance is not', () => {
    const masker = new Masker({ ...none, issued: ['0123456789abcdef0123456789abcdef'] });
    const id = 'cd456789-1111-4222-8333-444444444444';
    expect(masker.text(`{"id":"${id}"}`, 'body')).toContain(id);
    expect(masker.text('{"id":"0123456789abc"}', 'body')).toBe('{"id":"****"}');
  });
});

describe('a short password, or one that is a word of the tool', () => {
  const masked = (password: string, text: string, kind: Parameters<Masker['text']>[1]): string =>
    new Masker({ ...none, given: [password], public: ['admin@example.com'] }).text(text, kind);

  test.each([
    ['a', 'body', '{"email":"a@b.c","password":"a","a":1}', '{"email":"a@b.c","password":"****","a":1}'],
    ['a', 'body', '{"query":"{login(password:\\"a\\")}"}', '{"query":"{login(password:\\"****\\")}"}'],
    ['a', 'url', 'http://host/a?access_token=a&a=b', 'http://host/a?access_token=****&a=b'],
    ['a', 'header', 'Bearer a', 'Bearer ****'],
    ['a', 'header', `Basic ${base64('me@b.c:a')}`, 'Basic bWVAYi5jO****'],
    ['a', 'prose', 'a user was rejected: {"password":"a"}', 'a user was rejected: {"password":"****"}'],
    [
      'a',
      'shell',
      `curl "$TARGET"/a -X a --data-raw '{"password":"a"}'`,
      `curl "$TARGET"/a -X a --data-raw '{"password":"****"}'`,
    ],
    ['"', 'body', '{"password":"\\""}', '{"password":"****"}'],
    [
      'admin',
      'prose',
      'needs admin: give --admin-email to the administrator',
      'needs admin: give --admin-email to the administrator',
    ],
    [
      'admin',
      'body',
      '{"email":"admin@example.com","admin":true,"p":"admin"}',
      '{"email":"admin@example.com","admin":true,"p":"****"}',
    ],
    ['admin', 'body', 'no user with password admin.', 'no user with password ****.'],
    ['admin', 'body', '{"admin_access":true,"x":"ADMIN"}', '{"admin_access":true,"x":"****"}'],
    ['administrator', 'prose', 'answered 403 to the administrator', 'answered 403 to the administrator'],
    ['administrator', 'body', '{"password":"administrator"}', '{"password":"****"}'],
    ['my-administrator-77', 'body', '{"you":"sent my-administrator-77"}', '{"you":"sent ****"}'],
    ['my-administrator-77', 'prose', 'answered 403 to the administrator', 'answered 403 to the administrator'],
    ['pa"s', 'body', JSON.stringify({ password: 'pa"s' }), '{"password":"****"}'],
  ] as const)('%s in a %s: %s', (password, kind, text, expected) => {
    const result = masked(password, text, kind);
    if (kind === 'header' && text.startsWith('Basic'))
      expect(Buffer.from(result, 'base64').toString()).not.toMatch(/:a/);
    else expect(result).toBe(expected);
  });

  test('leaves what the catalogue says as it is', () => {
    const report = reportFixture();
    const masker = new Masker({ ...none, given: ['admin', 'password', 'token', 'a', 'Access Tokens'] });
    const texts = ({ requirements: all }: Report): unknown =>
      all.map(({ id, title, source, chapter, checks }) => [id, title, source, chapter, checks.map((one) => one.title)]);
    expect(texts(masker.report(report))).toEqual(texts(report));
    for (const { title } of requirements) expect(masker.text(title, 'constant')).toBe(title);
  });
});

describe('the scan', () => {
  const withBody = (body: string): Report => {
    const report = reportFixture();
    const [requirement] = report.requirements;
    const [check] = requirement?.checks ?? [];
    if (requirement === undefined || check === undefined) throw new Error('the example has no checks');
    const exchange = {
      request: { method: 'GET', url: 'http://host/', headers: [], body },
      startedAtMs: 0,
      durationMs: 0,
    };
    return {
      ...report,
      requirements: [
        { ...requirement, checks: [{ ...check, exchanges: [exchange] }] },
        ...report.requirements.slice(1),
      ],
    };
  };

  test.each([
    ['the password', `x${strange}x`],
    ['the password in JSON', JSON.stringify({ password: strange })],
    ['the password percent-encoded', encodeURIComponent(strange)],
    ['the password in base64', base64(`me:${strange}`)],
    ['the password in base64url', Buffer.from(`x:${strange}`).toString('base64url')],
    ['six characters of it', `x${strange.slice(3, 9)}`],
    ['a short password', '{"password":"a"}'],
    ['an issued token', 'q9-QWERTYUIOPasdfghjklzxcvbnm1234567890'],
  ])('rejects a report that still holds %s, and says where', (_what, body) => {
    const secrets = { ...none, given: [strange, 'a'], issued: ['QWERTYUIOPasdfghjklzxcvbnm1234567890'] };
    const scan = (): void => mustHoldNoSecret(withBody(body), secrets);
    expect(scan).toThrow(SecretInReport);
    const [requirement] = withBody(body).requirements;
    expect(scan).toThrow(`${requirement?.id} › ${requirement?.checks[0]?.title} › exchanges.0.request.body`);
    try {
      scan();
    } catch (error) {
      expect((error as Error).message).not.toContain(body);
    }
    expect(() => mustHoldNoSecret(new Masker(secrets).report(withBody(body)), secrets)).not.toThrow();
  });

  test('takes the header of a JWT for no secret, wherever it is in what was made of one', () => {
    const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
    const token = `${header}.${Buffer.from('{"id":"somebody"}').toString('base64url')}.c2lnbmF0dXJlLW9mLWEtdG9rZW4`;
    for (const issued of [token, `.${token}`, `${token}${token}`, `${header}=${token.slice(header.length)}`]) {
      const secrets = { ...none, issued: [issued] };
      expect(() => mustHoldNoSecret(withBody(`Bearer ${header}.e30.`), secrets)).not.toThrow();
      expect(() => mustHoldNoSecret(withBody(token.slice(header.length)), secrets)).toThrow(SecretInReport);
    }
  });

  test('leaves the header of a JWT that a block makes, where the claims of an issued one hold the same', () => {
    const part = (json: string): string => Buffer.from(json).toString('base64url');
    const unknown = '"x-unknown":true,"https://example.com/unknown":{"a":[1]},"unknown":null';
    const issued = ['', ' ', '  '].map(
      (before) =>
        `${part('{"alg":"HS256"}')}.${part(`{"id":"${before}","app_access":true,"admin_access":false,${unknown}}`)}.c2lnbmF0dXJl`,
    );
    const masker = new Masker({ given: [], issued, public: [] });
    for (const own of [
      '"b64":true',
      '"b64":false',
      '"x-unknown":true',
      '"b64":true,"x-unknown":"x"',
      '"https://example.com/unknown":1',
    ]) {
      const line = `MINTED=$(mint ${part(`{"alg":"HS256","typ":"JWT","crit":["x-unknown"],${own}}`)} "$CLAIMS")`;
      expect(masker.text(line, 'shell')).toBe(line);
    }
    for (const token of issued) expect(masker.text(token, 'body')).not.toContain(token.split('.')[1]);
  });

  test('does not reject one without secrets for a password that is a word', () => {
    const secrets = { ...none, given: ['admin', 'token', 'a', '****'] };
    expect(() => mustHoldNoSecret(reportFixture(), secrets)).not.toThrow();
  });
});

describe('secrets', () => {
  test('that were given: under every key that speaks of one, and in the URL', () => {
    expect(
      givenSecrets({
        target: 'http://me:p%40ss@host/',
        adminPassword: 'one',
        staticToken: 'two',
        secret: 'three',
        headers: { 'X-Anything': 'four' },
        email: 'me@example.com',
      }),
    ).toEqual(['one', 'two', 'three', 'four', 'p%40ss', 'p@ss', btoa('me:p@ss')]);
  });

  test('that were issued: under any name, in body, cookie, header, URL and message', () => {
    const issued = issuedSecrets({
      request: { method: 'GET', url: 'http://host/', headers: [['X-Id', 'Zm9vYmFyYmF6cXV4MTIzNDU2']] },
      response: {
        status: 200,
        headers: [
          ['set-cookie', 'sid=cookie-value-1; Path=/'],
          ['x-access-token', 'header-value'],
          ['location', '/next?reset_token=in-the-url'],
        ],
        body: '{"data":{"refreshToken":"short","x":[{"y":"A1b2C3d4E5f6G7h8I9j0"}],"token_type":"bearer","echo":"Zm9vYmFyYmF6cXV4MTIzNDU2"}}\n{"otp":"123456"}',
      },
      startedAt: 0,
      durationMs: 0,
    });
    expect(new Set(issued.map(({ value }) => value))).toEqual(
      new Set(['cookie-value-1', 'header-value', 'in-the-url', 'short', 'A1b2C3d4E5f6G7h8I9j0', '123456']),
    );
    expect(issued.filter(({ looksSoUnder }) => looksSoUnder !== undefined)).toEqual([
      { value: 'A1b2C3d4E5f6G7h8I9j0', looksSoUnder: 'y' },
    ]);
  });

  test('are masked wholly below sixteen characters', () => {
    expect([mask('abcde'), mask('123456789012345'), mask('1234567890123456')]).toEqual(['****', '****', '****3456']);
    expect(withoutUserinfo('to http://me:secret@host/x and back')).toBe('to http://me:****@host/x and back');
  });
});
