import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Why nothing could be put beside or in the place of a file, though it may well be written itself. */
const IN_PLACE_ONLY: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'EBUSY', 'EXDEV', 'EROFS', 'ENAMETOOLONG'];

/**
 * Writes a file whole or not at all: a reader never sees a part of it, and what was there before is lost only when the new content is
 * on the disk. The mode is that of the file that was there, else what the umask leaves. Devices, pipes and files in a folder that may
 * not be written are written in place. Folders that are missing are made.
 * @throws an error of the file system
 */
export function writeWhole(named: string, content: string | Uint8Array): void {
  mkdirSync(dirname(named), { recursive: true });
  const before = statSync(named, { throwIfNoEntry: false });
  if (before !== undefined && !before.isFile()) {
    writeInto(named, before, content);
    return;
  }
  // A symbolic link stays one: what it leads to is replaced, or made.
  if (before === undefined && lstatSync(named, { throwIfNoEntry: false }) !== undefined) {
    writeFileSync(named, content);
    return;
  }
  const file = before === undefined ? named : realpathSync(named);
  const draft = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeFileSync(draft, content, { flag: 'wx', flush: true });
    if (before !== undefined) chmodSync(draft, before.mode & 0o777);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    if (!IN_PLACE_ONLY.includes((error as NodeJS.ErrnoException).code)) throw error;
    writeFileSync(file, content);
  }
}

/** Writes into what is no file. A pipe that nothing reads from is an error (ENXIO) rather than a wait without end. */
function writeInto(file: string, found: Stats, content: string | Uint8Array): void {
  const held = found.isFIFO() ? openSync(file, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0)) : undefined;
  try {
    writeFileSync(file, content);
  } finally {
    if (held !== undefined) closeSync(held);
  }
}

/**
 * Sees to it that a file can be written, as far as that can be told without writing. Leaves everything as it was, but for folders.
 * @throws an error of the file system
 */
export function mustBeWritable(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const found = statSync(file, { throwIfNoEntry: false });
  // Opening a pipe and closing it again would be the end of it for its reader.
  if (found !== undefined && !found.isFile() && !found.isDirectory()) {
    accessSync(file, constants.W_OK);
    return;
  }
  const isNew = !existsSync(file);
  writeFileSync(file, '', { flag: 'a' });
  if (isNew) rmSync(file);
}

/** Why a file cannot be written, in a few words. */
export function whyUnwritable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOSPC: 'no space is left on the device',
    EDQUOT: 'the disk quota is used up',
    EROFS: 'the file system is read-only',
    EACCES: 'permission is denied',
    EPERM: 'it is not permitted',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is no folder',
    ENOENT: 'its folder is not there',
    ENXIO: 'nothing reads from the pipe',
    EPIPE: 'the reader has closed the pipe',
  };
  const words = code === undefined ? undefined : known[code];
  return words === undefined ? (message.split('\n')[0] ?? '') : `${words} (${code ?? ''})`;
}
