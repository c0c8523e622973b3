import { isUuid } from '../ids.js';

/** A secret as it may be shown: its last 4 characters, and of a short one nothing. */
export const masked = (secret: string): string => (secret.length < 16 ? '…' : `…${secret.slice(-4)}`);

/**
 * A path as it may be shown. A token that was put into it by mistake does not stand there: parts that are neither words nor ids are
 * masked.
 */
export const maskedPath = (path: string): string =>
  path
    .split('/')
    .map((part) => (/^[a-z_.-]{0,16}$/i.test(part) || isUuid(part) ? part : masked(part)))
    .join('/');
