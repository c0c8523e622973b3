import { expect, test } from 'vitest';
import type { Capability } from '../../spec/generated/report.js';
import { cellsOf, credentialsAfter, type Cell } from '../../suites/lifecycle/matrix/cells.js';
import { events, offeredBy, type LifecycleEvent } from '../../suites/lifecycle/events.js';
import { answerTo } from '../../suites/lifecycle/matrix/model.js';
import { moments } from '../../suites/lifecycle/matrix/moments.js';
import { usesOf } from '../../suites/lifecycle/uses.js';

const offers: readonly Capability[] = ['user', 'admin', 'static-token', 'session', 'graphql', 'realtime'];
const all = events.map((event, turn) => ({ event, cells: cellsOf(event, { offers, turn, thorough: false }) }));

/** Whether the model demands anything of a credential after an event, in some way at some moment. */
function isDecided(event: LifecycleEvent, credential: Cell['credential']): boolean {
  const ofSubjectLogin = credential.login !== undefined && event.logins[credential.login]?.isSubject === true;
  return usesOf(credential.kind, offers).some((use) =>
    moments.some((moment) => answerTo({ event, credential, ofSubjectLogin, use, moment }) !== undefined),
  );
}

test('each credential is looked at after each event, unless the model leaves it open', () => {
  for (const { event, cells } of all)
    for (const credential of credentialsAfter(event, offers).filter((one) => isDecided(event, one)))
      expect(
        cells.filter((cell) => JSON.stringify(cell.credential) === JSON.stringify(credential)),
        `${event.name}: ${JSON.stringify(credential)}`,
      ).not.toHaveLength(0);
});

test('what an event ends is shown in each way that there is, by one of the ways to bring the event about', () => {
  const groups = new Set(events.map(({ group }) => group));
  for (const group of groups) {
    const ended = all
      .filter(({ event }) => event.group === group)
      .flatMap(({ cells }) => cells)
      .filter(({ expectation, credential }) => expectation === 'rejected' && credential.generation === 'newest');
    for (const kind of new Set(ended.map(({ credential }) => credential.kind))) {
      const shown = new Set(ended.filter(({ credential }) => credential.kind === kind).map(({ use }) => use.name));
      expect([...shown].sort(), `${group} ${kind}`).toEqual(
        expect.arrayContaining(usesOf(kind, offers).map(({ name }) => name)),
      );
    }
  }
});

test('each way to show a session token comes at each moment, after some event that ends it', () => {
  const pairs = new Set(
    all
      .flatMap(({ cells }) => cells)
      .filter(({ expectation, credential }) => expectation === 'rejected' && credential.kind === 'session')
      .map(({ use, moment }) => `${use.name} ${moment.name}`),
  );
  for (const use of usesOf('session', offers))
    for (const moment of moments.filter(({ after }) => after !== 'grace'))
      expect(pairs, `${use.name} ${moment.name}`).toContain(`${use.name} ${moment.name}`);
});

test('the matrix is a few thousand cells by default, and many more when it is thorough', () => {
  const count = all.reduce((sum, { cells }) => sum + cells.length, 0);
  expect(count).toBeGreaterThan(1500);
  expect(count).toBeLessThan(2500);
  const [event] = events;
  if (event === undefined) throw new Error('there are no events');
  const thorough = cellsOf(event, { offers, turn: 0, thorough: true }).length;
  expect(thorough).toBeGreaterThan(5 * cellsOf(event, { offers, turn: 0, thorough: false }).length);
});

test('a target without GraphQL and WebSockets is asked neither', () => {
  for (const [turn, event] of events.entries())
    for (const { use } of cellsOf(event, { offers: ['user', 'admin'], turn, thorough: true }))
      expect(use.needs ?? []).toEqual([]);
});

test('a target without session tokens is shown none, and logs in in no mode session', () => {
  const few = offers.filter((one) => one !== 'session');
  for (const [turn, event] of events.map((one) => offeredBy(one, few)).entries()) {
    expect(event.logins.filter(({ mode }) => mode === 'session')).toEqual([]);
    for (const { use, credential } of cellsOf(event, { offers: few, turn, thorough: true })) {
      expect(credential.kind).not.toBe('session');
      expect(use.name).not.toMatch(/ (?:cookie|session)$(?<!refresh cookie|login cookie)/);
    }
  }
});

test('a way that a version of Directus does not know is not gone at that version', () => {
  const names = (version: string): string[] => usesOf('static', offers, version).map(({ name }) => name);
  expect(names('10.10.0')).not.toContain('websocket query');
  expect(names('10.11.1')).toContain('websocket query');
});

test('the cells of profile core are those that the seed speaks of', () => {
  const ofSeed = all.flatMap(({ event, cells }) =>
    cells.filter(({ inSeed }) => inSeed).map((cell) => ({ event, cell })),
  );
  expect(new Set(ofSeed.map(({ cell }) => cell.requirement))).toEqual(
    new Set([
      'lifecycle.logout.session-token',
      'lifecycle.logout.refresh-token',
      'lifecycle.refresh.repeated',
      'lifecycle.static.replaced',
    ]),
  );
  for (const { event, cell } of ofSeed) {
    expect(event.inSeed).toBe(true);
    expect(cell.use.inSeed).toBe(true);
    expect(cell.credential.generation).toBe('newest');
  }
});

test('where the end of a grace is looked at, no refresh of the same login begins it anew', () => {
  for (const { event, cells } of all)
    for (const login of event.logins.keys()) {
      const own = cells.filter(({ credential }) => credential.login === login && credential.kind === 'session');
      const looksAtEnd = own.some(({ moment, expectation }) => moment.after === 'grace' && expectation === 'rejected');
      const renews = own.some(({ use, expectation }) => use.exchanges && expectation === 'accepted');
      expect(looksAtEnd && renews, `${event.name}: login ${login}`).toBe(false);
    }
});
