import type { Interceptor } from '../http/interceptor.js';
import type { Defect, Ports, Wrappers } from './defect.js';
import { withDefects } from './index.js';

/** The ports of a server whose defects come and go while it runs. */
export class LivePorts {
  /** Those of the defects in force: the same list, whose members change. */
  readonly interceptors: Interceptor[] = [];
  readonly #chosen: Defect[] = [];
  #ports: Ports;

  /** @param bare the ports without a defect */
  constructor(
    private readonly bare: Ports,
    chosen: readonly Defect[],
  ) {
    this.#ports = bare;
    for (const defect of chosen) this.#chosen.push(wrappedOnce(defect));
    this.#wrap();
  }

  /** The ports, each as it is wrapped when it is asked for. */
  get ports(): Ports {
    const current = (): Ports => this.#ports;
    return {
      settings: this.bare.settings,
      get store() {
        return current().store;
      },
      get clock() {
        return current().clock;
      },
      get random() {
        return current().random;
      },
      get passwords() {
        return current().passwords;
      },
      get jwts() {
        return current().jwts;
      },
    };
  }

  /**
   * Makes the server wrong in one more way.
   * @returns ends it
   */
  add(defect: Defect): () => void {
    const own = wrappedOnce(defect);
    this.#chosen.push(own);
    this.#wrap();
    return () => {
      const at = this.#chosen.indexOf(own);
      if (at === -1) return;
      this.#chosen.splice(at, 1);
      this.#wrap();
    };
  }

  #wrap(): void {
    const { interceptors, ...ports } = withDefects(this.bare, this.#chosen);
    this.#ports = ports;
    this.interceptors.splice(0, Infinity, ...interceptors);
  }
}

/** A defect that remembers what it has seen when others come and go. */
function wrappedOnce(defect: Defect): Defect {
  let wrappers: Wrappers | undefined;
  return { ...defect, wrap: () => (wrappers ??= defect.wrap()) };
}
