import { describe, expect, test } from 'vitest';
import { currentRows } from '../../spec/document/kill-table-rows.js';
import { statementsDocument } from '../../spec/document/statements.js';

/* What `npm run generate` derives, and what it does not take for derived. */

const one = { id: 'static.one', statement: 'A token MUST be one.', defects: ['two-tokens'] };
const other = { id: 'static.other', statement: 'A token MUST be another.', defects: ['two-tokens', 'no-token'] };

describe('the list of statements', () => {
  const listed = statementsDocument('', [one]);

  test('is what it was, with the new requirements where they stand in the catalogue', () => {
    expect(listed).toBe('static.one: A token MUST be one.\n');
    expect(statementsDocument(listed, [other, one])).toBe(
      'static.other: A token MUST be another.\nstatic.one: A token MUST be one.\n',
    );
  });

  test('rejects that an id goes', () => {
    expect(() => statementsDocument(listed, [other])).toThrow(/^requirement static\.one is in .* an id stays$/);
  });

  test('rejects that a statement changes, unless it changes there too', () => {
    const changed = { ...one, statement: 'A token MUST be two.' };
    expect(() => statementsDocument(listed, [changed])).toThrow(/^requirement static\.one: .* has another statement/);
    expect(statementsDocument(listed.replace('be one', 'be two'), [changed])).toContain('be two');
  });
});

describe('the rows of the kill table', () => {
  const twoTokens = { name: 'two-tokens', title: 'There are two tokens.' };
  const noToken = { name: 'no-token', title: 'There is no token.' };

  test('a new defect has a provisional row, with the requirements that name it', () => {
    expect(currentRows({}, [twoTokens, noToken], [other, one])).toEqual({
      'no-token': { title: noToken.title, fails: ['static.other'], provisional: true },
      'two-tokens': { title: twoTokens.title, fails: ['static.one', 'static.other'], provisional: true },
    });
  });

  test('a provisional row follows the catalogue, one that was certified keeps what was found', () => {
    const certified = { title: 'Old.', fails: ['static.seen'], checks: {}, chance: { 'static.may': 'x' } };
    const table = { 'no-token': { title: 'Old.', fails: [], provisional: true as const }, 'two-tokens': certified };
    expect(currentRows(table, [twoTokens, noToken], [other, one])).toEqual({
      'no-token': { title: noToken.title, fails: ['static.other'], provisional: true },
      'two-tokens': { ...certified, title: twoTokens.title },
    });
  });

  test('a defect that is gone has none', () => {
    expect(currentRows({ gone: { fails: [] } }, [noToken], [other])).toHaveProperty('no-token');
    expect(currentRows({ gone: { fails: [] } }, [noToken], [other])).not.toHaveProperty('gone');
  });
});
