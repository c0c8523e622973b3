import { expect, test } from 'vitest';
import { fitted } from '../../cli/output/fitted.js';

const sentence = 'auth-conformance: the target cannot be judged: it refuses connections: is it running?';

test('a terminal gets a sentence in lines of its width, broken between words', () => {
  const lines = fitted(sentence, { columns: 40 }).split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  expect(lines.join(' ')).toBe(sentence);
});

test.each([{}, { columns: 0 }])('a pipe, or a terminal of unknown width, gets it as it is (%o)', (output) =>
  expect(fitted(sentence, output)).toBe(sentence),
);
