import { describe, expect, test } from 'vitest';
import { tokenMatrix, tokenTypeOf, topicOf } from '../../reporters/matrix.js';
import { requirements } from '../../spec/catalogue.js';
import { chapters } from '../../spec/chapters.js';
import { schemas } from '../../spec/schemas.js';
import { compileValidator } from '../../spec/schema-validator.js';
import { reportFixture } from './report-fixture.js';

describe('token types and topics', () => {
  test('every requirement is shown where its YAML says', () => {
    for (const { id, tokenType, topic } of requirements)
      expect([id, tokenTypeOf(id).name, topicOf(id).name]).toEqual([id, tokenType, topic]);
  });

  test.each(['tokenType', 'topic'])('a requirement without %s is rejected by the schema of the catalogue', (member) => {
    const validate = compileValidator(Object.values(schemas), 'catalogue.schema.json');
    const [chapter] = chapters;
    expect(validate(chapter)).toEqual([]);
    const requirement = Object.fromEntries(
      Object.entries(chapter?.requirements[0] ?? {}).filter(([name]) => name !== member),
    );
    expect(validate({ ...chapter, requirements: [requirement] })).toEqual([
      { path: 'requirements.0', message: `must have required property '${member}'` },
    ]);
  });

  test.each([
    ['standard.login.mode', 'standard', 'logging-in'],
    ['session.refresh.grace', 'session', 'refreshing'],
    ['storing.cookie.refresh-rotates', 'standard', 'refreshing'],
    ['storing.cookie.refresh-logout', 'standard', 'logging-out'],
    ['storing.cookie.http-only', 'session', 'storing'],
    ['static.does-not-expire', 'static', 'form'],
    ['static.not-searchable', 'static', 'setting'],
    ['requests.query.static', 'static', 'sending'],
    ['graphql.login.once', 'any', 'graphql'],
    ['standard.of-another-version', 'any', 'other'],
  ])('%s is about %s and %s', (id, type, topic) => {
    expect([tokenTypeOf(id).name, topicOf(id).name]).toEqual([type, topic]);
  });

  test('the matrix has each requirement of a report once', () => {
    const rows = tokenMatrix(reportFixture());
    expect(rows.every(({ cells }) => cells.length === 4)).toBe(true);
    const ids = rows.flatMap(({ cells }) => cells.flat().map(({ id }) => id));
    expect(ids.sort()).toEqual(
      reportFixture()
        .requirements.map(({ id }) => id)
        .sort(),
    );
  });
});
