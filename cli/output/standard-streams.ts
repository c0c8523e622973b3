/** What is said of a stream whose other end is closed: a pipe (head, less) or a terminal. */
const CLOSED = ['EPIPE', 'EIO', 'ECONNRESET', 'ENOTCONN', 'EOF', 'ERR_STREAM_DESTROYED'];

/** Whether something that was printed cannot be written, for another reason than that its reader has stopped. */
let unwritten = false;

/**
 * Lets the process go on when standard output or standard error cannot be written any more: what a run has created on a target is
 * still to be removed, and its exit code counts. Where a disk is full or the like, it is said once, and `leave` does not end with 0.
 */
export function surviveUnwritableStreams(): void {
  process.stdout.on('error', ({ code = 'unknown error', message }: NodeJS.ErrnoException) => {
    if (CLOSED.includes(code) || unwritten) return;
    unwritten = true;
    process.stderr.write(`auth-conformance: standard output cannot be written: ${message}\n`);
  });
  // Nothing is left to tell it on.
  process.stderr.on('error', () => undefined);
}

/** Ends the process with an exit code (2 in place of 0 when something could not be printed), when what was printed has been read: whatever connections or threads there are. */
export async function leave(code: number): Promise<never> {
  // What could not be written is told by an event, which comes after what is under way.
  await new Promise((resolve) => setImmediate(resolve));
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => {
      if (stream.destroyed || stream.writableLength === 0) resolve();
      else stream.write('', () => resolve());
    });
  process.exit(unwritten && code === 0 ? 2 : code);
}
