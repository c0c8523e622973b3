import type { AuthenticationEvent } from '../../reference-server/index.js';
import { jsonText } from '../../report/files/json-text.js';

/** Lines of JSON on standard output: what `serve --log json` prints, and nothing else. Hold no token and no password. */
export class RequestLog {
  /** Writes a line of the server's own. */
  tell(level: 'info' | 'warn', message: string, details: object = {}): void {
    write({ time: new Date().toISOString(), level, message, ...details });
  }

  /** Writes a line about a request. Its time is that of the server's clock, which may have travelled. */
  request({ id, time, ...event }: AuthenticationEvent): void {
    write({ time: new Date(time).toISOString(), level: 'info', message: 'request', id, ...event });
  }
}

const write = (line: object): void => void process.stdout.write(`${jsonText(line)}\n`);
