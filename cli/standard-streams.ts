/** What is said of a stream whose other end is closed: a pipe (head, less) or a terminal. */
const CLOSED = ['EPIPE', 'EIO', 'ECONNRESET', 'ENOTCONN', 'EOF', 'ERR_STREAM_DESTROYED'];

/**
 * Lets the process go on when standard output or standard error cannot be written any more: what a run has created on a target is
 * still to be removed, and its exit code counts. Says once that something else is wrong, such as a full disk.
 */
export function surviveClosedStreams(): void {
  let told = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      if (CLOSED.includes(code) || told) return;
      told = true;
      process.stderr.write(`auth-conformance: its output cannot be written (${code})\n`);
    });
  }
}

/** Ends the process with an exit code, when what was printed has been read: no connection or thread keeps it alive. */
export async function leave(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => {
      if (stream.destroyed || stream.writableLength === 0) resolve();
      else stream.write('', () => resolve());
    });
  process.exit(code);
}
