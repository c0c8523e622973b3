import { describe, expect, test } from 'vitest';
import { tokenMatrix, tokenTypeOf, topicOf } from '../../reporters/matrix.js';
import { requirements } from '../../spec/catalogue.js';
import { reportFixture } from './report-fixture.js';

describe('token types and topics', () => {
  test('every requirement of the catalogue has a topic', () => {
    expect(requirements.filter(({ id }) => topicOf(id).name === 'other')).toEqual([]);
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
    ['of.another-version', 'any', 'other'],
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
