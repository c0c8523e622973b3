import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Masker } from '../../report/masking/masker.js';
import { maskedShellLine } from '../../report/masking/shell-line.js';
import { constantLines } from '../../suites/harness/evidence/curl.js';
import { functionsFor, randomAlike } from '../../suites/harness/evidence/shell-functions.js';
import { Shell, sh } from '../../suites/harness/evidence/shell.js';
import { payloads } from '../helpers/targets/hostile-target.js';

const none = { given: [], issued: [], public: [] };

/** Lines that hold a text of a target in each way in which a block does. */
const linesWith = (text: string): string[] =>
  [
    sh`curl -sS -D headers.txt -o answer.json ${Shell.variable('TARGET')}/users --data-raw ${JSON.stringify({ title: text })}`,
    sh`curl -sS -i -w '\\n' ${Shell.word([Shell.variable('TARGET'), Shell.literal(`/${text}`), Shell.variable('ID')])} -H ${Shell.latin1(text)}`,
    sh`NAME=$(jq -r --arg member0 ${text} '.[$member0]' answer.json)`,
    sh`MINTED="$(printf %s ${text} | cut -d. -f2)".${text} # ${text}`,
    sh`TITLE=${text}`,
    sh`DOUBLE="$(mint head "$(claims "$TOKEN" | jq -c --arg id ${text} '.id = $id')" ${text})"`,
  ].map(String);

/** What bash says of lines that it only reads. */
const complaints = (lines: readonly string[]): string =>
  spawnSync('bash', ['-n'], { input: lines.join('\n') }).stderr.toString();

describe('a masked line of shell', () => {
  test('is one that bash can read, whatever is masked in it and whatever it holds', () => {
    for (const secret of payloads) {
      const masker = new Masker({ ...none, issued: [`${secret}Q12Q`, `x${secret}`] });
      const lines = payloads.flatMap((text) => [...linesWith(text), ...linesWith(`${text}Q7Q`)]);
      const masked = lines.map((line) => masker.text(line, 'shell'));
      expect(masked.filter((line, i) => line !== lines[i]).length, secret).toBeGreaterThan(0);
      // Each in a subshell: what is open at the end of one would be closed by the next.
      const blocks = masked.map((line) => `(\n${line}\n:\n)`);
      expect(complaints(blocks), secret).toBe('');
    }
  });

  test('keeps its quotes, substitutions and variables, whichever characters of it are masked', () => {
    const lines = [`'\\'; : >"$CANARY"; #`, `a'b"c$d\`e\\f`, `\n\t'\u202E\\`].flatMap(linesWith);
    const blocks = lines.flatMap((line) =>
      Array.from({ length: line.length }, (_none, from) =>
        maskedShellLine(line, [{ from, to: from + 1 + (from % 9) }]),
      ).map((masked) => `(\n${masked}\n:\n)`),
    );
    expect(complaints(blocks)).toBe('');
  });

  test.each([
    [`echo '\\'\\''; : >x'`, `'; : >x`, `echo '\\****'`],
    [`echo $'\\x27\\n: >x'`, `'\n: >x`, `echo $'****'`],
    [`echo abcdef-ghi`, 'abcdef', `echo '****'-ghi`],
    [`echo "$TOKEN_X"'"}' "$(b64url)"`, 'token_x', `echo "$TOKEN_X"'"}' "$(b64url)"`],
  ])('%s without %s', (line, secret, masked) => {
    expect(new Masker({ ...none, issued: [secret + secret], given: [secret] }).text(line, 'shell')).toBe(masked);
  });

  test('of the tool itself stays as it is, though a secret resembles it', () => {
    for (const secret of ['tojson | .[1:-1]', 'ed25519', 'jwk', 'base64url', 'printf %s "$1"', 'set-cookie:'])
      for (const line of constantLines)
        expect(new Masker({ ...none, given: [secret], constants: constantLines }).text(line, 'shell')).toBe(line);
  });

  test('with a value that a property has chosen makes one of the same form, and shows nothing of it', () => {
    for (const value of ['abcDEF+/ghi.~-_12x', 'Q7f0Zk2m9XwVt4Lp', '+.a/_-~']) {
      const line = sh`TOKEN=${randomAlike(value)}`;
      const text = String(line);
      expect(new Masker({ ...none, issued: [value] }).text(text, 'shell')).toBe(text);
      const block = [...functionsFor([line]).map(String), text, 'printf %s "$TOKEN"'].join('\n');
      const made = spawnSync('bash', ['-c', block]).stdout.toString();
      const form = (one: string): string => one.replace(/[A-Za-z\d]/g, 'x');
      expect([form(made), made === value && value.length > 8]).toEqual([form(value), false]);
    }
  });

  test.each(['session', 'json', 'auth'])('keeps the words of the API where one of a few is to stand: %s', (secret) => {
    const line = `curl "$TARGET"/a?mode=session --data-raw '{"mode":"json","type":"auth","x":"${secret}"}'`;
    const masked = line.replace(`"x":"${secret}"`, '"x":"****"');
    expect(new Masker({ ...none, given: [secret], public: ['auth'] }).text(line, 'shell')).toBe(masked);
  });
});
