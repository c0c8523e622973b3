import type { RequestHandler } from 'express';
import { invalidPayload } from '../errors.js';

/**
 * How deep JSON may be nested that comes from a client. What is deeper could be read, but neither written again (JSON.stringify overflows
 * the stack some thousand levels down) nor walked through by recursion.
 */
export const DEEPEST = 100;

/** True when a value has lists or objects within each other, more than `levels` deep. Takes no stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true;
    const next: object[] = [];
    for (const one of level) for (const member of Object.values(one)) if (isNested(member)) next.push(member);
    level = next;
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Refuses a body that is nested deeper than DEEPEST: to be used when it has been read. */
export const refuseDeepBody: RequestHandler = ({ body }: { body?: unknown }, _response, next) => {
  if (isDeeperThan(body, DEEPEST)) throw invalidPayload(`The body is nested deeper than ${DEEPEST} levels`);
  next();
};
