import { log } from '../log.ts';

/** Counts what all instances together let in. */
export interface RateCounter {
  /**
   * Adds `count` to what `name` used in the window that begins at `second`, unless `limit` had been reached before.
   * @returns whether it was added
   */
  add(name: string, second: number, count: number, limit: number): Promise<boolean>;
}

/** Says whether a key's holder may send now. */
export interface Rate {
  /** @returns 0 if these messages may come in, else how many seconds to wait */
  take(name: string, count: number): Promise<number>;
}

/** Seconds. Long enough that the table is asked rarely, short enough to wait for. */
const WINDOW = 10;
/** An instance takes a twentieth of a window's limit at a time, and asks the table again when that is used up. */
const LEASES = 20;

export interface RateOptions {
  readonly counter: RateCounter;
  readonly perSecond: number;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Milliseconds since whenever, of a clock that nobody sets. */
  readonly elapsed: () => number;
}

interface Window {
  readonly id: string;
  lease: number;
  closed: boolean;
}

/**
 * A limit per key over all instances, in windows of ten seconds. It may overshoot by one lease or one request, and is
 * generous where the table does not answer: a limit must not lose what the product is there to take.
 */
export const createRate = ({ counter, perSecond, now, elapsed }: RateOptions): Rate => {
  const limit = perSecond * WINDOW;
  const windows = new Map<string, Window>();
  let stood = { second: -1, since: 0 };

  /** A clock that stands still, as a virtual one may, must not close the door for good. */
  const stalledWindows = (second: number): number => {
    if (stood.second !== second) stood = { second, since: elapsed() };
    return Math.floor((elapsed() - stood.since) / (WINDOW * 1000));
  };

  return {
    async take(name, count) {
      const second = Math.floor(now() / 1000 / WINDOW) * WINDOW;
      const stalled = stalledWindows(second);
      const counted = stalled === 0 ? name : `${name}+${stalled}`;
      const id = `${counted}#${second}`;
      let window = windows.get(name);
      if (window?.id !== id) windows.set(name, (window = { id, lease: 0, closed: false }));

      const wait = Math.max(1, Math.ceil(second + WINDOW - now() / 1000));
      if (window.lease >= count) {
        window.lease -= count;
        return 0;
      }
      if (window.closed) return wait;
      const lease = Math.max(count, Math.ceil(limit / LEASES));
      try {
        if (!(await counter.add(counted, second, lease, limit))) {
          window.closed = true;
          return wait;
        }
      } catch (error) {
        log.warn('the rate counter did not answer', { error: error as Error });
      }
      window.lease += lease - count;
      return 0;
    },
  };
};
