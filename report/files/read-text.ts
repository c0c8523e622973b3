import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** No report, configuration or key is larger, in bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Ways to name what this process already has open, such as a process substitution of a shell: there is a writer at the other end. */
const OPEN_ALREADY = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/[^/]+\/fd\/\d+)$/;

/**
 * The bytes of a file that the tester named. Never waits for the writer of a named pipe, nor reads a device to its end.
 * @param wrong makes the error out of what is wrong, which follows the name of the file: "cannot be read (ENOENT)"
 * @throws what `wrong` makes
 */
export function readBytes(file: string, wrong: (why: string) => Error): Uint8Array {
  const unreadable = unreadableBecause(file);
  if (unreadable !== undefined) throw wrong(unreadable);
  try {
    return readFileSync(file);
  } catch (error) {
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/**
 * The text of a file that the tester named: UTF-8, or UTF-16 that begins with a byte order mark. A byte order mark is no part of it.
 * @param wrong as for readBytes
 * @throws what `wrong` makes
 */
export function readText(file: string, wrong: (why: string) => Error): string {
  return textIn(readBytes(file, wrong), wrong);
}

/**
 * The text that bytes are, as readText tells.
 * @throws what `wrong` makes
 */
export function textIn(bytes: Uint8Array, wrong: (why: string) => Error): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw wrong(`is no text in ${encoding.toUpperCase()}: save it as UTF-8`);
  }
  if (text.includes('\0')) throw wrong('holds NUL, as UTF-16 without a byte order mark does: save it as UTF-8');
  return text;
}

/** How a text is encoded, by its byte order mark (Unicode Standard, section 23.8); UTF-8 without one. */
export function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function unreadableBecause(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    // Opened so that it does not wait for a writer.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(descriptor);
    if (found.isDirectory()) return 'cannot be read (EISDIR): it is a folder, name a file';
    if (found.isFIFO() && !OPEN_ALREADY.test(file)) return 'is a named pipe: name a file';
    if (!found.isFile() && !found.isFIFO()) return 'is a device: name a file';
    if (found.size > MAX_BYTES) return `is larger than ${MAX_BYTES / 1024 / 1024} MB`;
    return undefined;
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
