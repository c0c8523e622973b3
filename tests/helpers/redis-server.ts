import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** A Redis of its own, without anything on the disk (Debian package redis-server). */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'auth-conformance-redis-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly password: string,
  ) {}

  /** Starts one on a free port of the loopback interface. */
  static async start(password = ''): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), password);
    await server.start();
    return server;
  }

  /** As for --store, with its password. */
  get url(): string {
    const user = this.password === '' ? '' : `:${encodeURIComponent(this.password)}@`;
    return `redis://${user}127.0.0.1:${this.port}/0`;
  }

  /**
   * Starts it again, with what `save` has saved.
   * @throws Error when the program is missing, or nothing listens after ten seconds
   */
  async start(): Promise<void> {
    const flags = { port: this.port, bind: '127.0.0.1', dir: this.#folder, save: '', appendonly: 'no' };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (this.password !== '') args.push('--requirepass', this.password);
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    this.#process = child;
    let failure: Error | undefined;
    child.on('error', (error) => (failure = error));
    const end = performance.now() + 10_000;
    while (!(await listens(this.port))) {
      if (failure !== undefined) throw failure;
      if (performance.now() > end) throw new Error('redis-server does not start');
      await sleep(20);
    }
  }

  /** Saves what it has, for the next start. */
  async save(): Promise<void> {
    const env = { PATH: process.env['PATH'], REDISCLI_AUTH: this.password };
    const client = spawn('redis-cli', ['-p', String(this.port), 'save'], { env, stdio: 'ignore' });
    const [code] = (await once(client, 'exit')) as [number];
    if (code !== 0) throw new Error(`redis-cli save ended with ${code}`);
  }

  /** Lets it hang or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
