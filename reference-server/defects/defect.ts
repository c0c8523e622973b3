import type { Clock } from '../clock.js';
import type { Context } from '../context.js';
import type { Interceptor } from '../http/interceptor.js';
import type { Jwts } from '../auth/jwt.js';
import type { Passwords } from '../passwords.js';
import type { RandomSource } from '../random.js';
import type { Store } from '../stores/store.js';

/** What a server has before defects wrap it. */
export type Ports = Pick<Context, 'clock' | 'random' | 'store' | 'passwords' | 'jwts' | 'settings'>;

/**
 * What a defect wraps: HTTP requests and responses, WebSocket handshakes, messages and replies (see Interceptor), and the ports that
 * the server works with. A wrapper of a port is given the port, and the other ports as they are without the defect.
 */
export interface Wrappers extends Omit<Interceptor, 'around'> {
  readonly store?: (store: Store, ports: Ports) => Store;
  readonly clock?: (clock: Clock, ports: Ports) => Clock;
  readonly random?: (random: RandomSource, ports: Ports) => RandomSource;
  readonly passwords?: (passwords: Passwords, ports: Ports) => Passwords;
  readonly jwts?: (jwts: Jwts, ports: Ports) => Jwts;
}

/** A named way to be wrong. */
export interface Defect {
  /** As requirements name it (spec/requirements, `defects`). */
  readonly name: string;
  /** What is wrong, as one sentence. */
  readonly title: string;
  /** What it wraps. Called once for each server, so that what it remembers is a variable of its own. */
  readonly wrap: () => Wrappers;
}

/**
 * A port with members replaced; the others are those of the port.
 * @param port an instance of a class or a plain object
 */
export function replacing<Port extends object>(port: Port, members: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      if (Object.hasOwn(members, name)) return members[name as keyof Port];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
