/** Contexts that are loaded at once, of all functions together: each holds some megabytes. */
const MAX_OPEN = 12;
/** Contexts of one function: they share one thread, so more of them wait no less, and each warms up by itself. Two
 *  show what becomes of invocations that run at the same time. */
const MAX_SAME = 2;
/** Something that is expensive to open and serves one caller at a time. */
export interface Pooled {
  broken(): boolean;
  close(): void;
}

interface Waiting<T> {
  readonly kind: string;
  readonly since: number;
  readonly take: (found: T | undefined) => void;
}

/**
 * Keeps what was opened for the next caller of the same kind.
 * @param patience how long a caller waits for one that is in use before another is opened for it, ms: each costs a
 *   second until it is warm, and mostly the one in use is free again sooner
 */
export const createPool = <T extends Pooled>(
  patience: () => number = () => 0,
  max = MAX_OPEN,
  maxSame = MAX_SAME,
) => {
  /** Longest unused first. */
  let idle: { kind: string; item: T }[] = [];
  /** First come first. */
  const waiting: Waiting<T>[] = [];
  const open = new Map<string, number>();
  let total = 0;
  let closed = false;
  let later: NodeJS.Timeout | undefined;

  const count = (kind: string, by: number): void => {
    open.set(kind, (open.get(kind) ?? 0) + by);
    total += by;
  };
  const close = ({ kind, item }: { kind: string; item: T }): void => {
    item.close();
    count(kind, -1);
  };

  /** Makes room for one of `kind`: by closing one that idles of the kind with the most, if that has two more than
   *  `kind` or `kind` has none. So places even out, and two kinds never take turns in closing one another's. */
  const makeRoom = (kind: string): boolean => {
    const mine = open.get(kind) ?? 0;
    const size = (each: { kind: string }): number => open.get(each.kind) ?? 0;
    const most = idle.reduce((largest, each) => Math.max(largest, size(each)), 0);
    if (most < (mine === 0 ? 1 : mine + 2)) return false;
    const [oldest] = idle.splice(
      idle.findIndex((each) => size(each) === most),
      1,
    );
    if (oldest) close(oldest);
    return true;
  };

  /** Looks again when the longest waiting has lost its patience. */
  const serveLater = (inMs: number): void => {
    later ??= setTimeout(() => {
      later = undefined;
      serve();
    }, inMs);
  };

  /** Serves whoever can be served: with one as it is, or with the place for a new one. */
  const serve = (): void => {
    for (let index = 0; index < waiting.length;) {
      const { kind, since, take } = waiting[index] as Waiting<T>;
      const found = idle.findLastIndex((each) => each.kind === kind);
      const [same] = found < 0 ? [] : idle.splice(found, 1);
      if (!same) {
        const left = (open.get(kind) ?? 0) === 0 ? 0 : since + patience() - performance.now();
        if (left > 0) {
          serveLater(left);
          index++;
          continue;
        }
        const full = (open.get(kind) ?? 0) >= maxSame || (total >= max && !makeRoom(kind));
        if (full) {
          index++;
          continue;
        }
        count(kind, 1);
      }
      waiting.splice(index, 1);
      // It may have crashed since, by what its last caller left running: then its place is for a new one.
      if (same?.item.broken()) same.item.close();
      take(same?.item.broken() ? undefined : same?.item);
    }
  };

  return {
    /** One to use as it is, or undefined: the caller opens one, there is room. */
    acquire: (kind: string): Promise<T | undefined> =>
      new Promise((take) => {
        waiting.push({ kind, since: performance.now(), take });
        serve();
      }),
    /** Gives one back; without an item, the place that an `acquire` had left to fill. */
    release: (kind: string, item?: T): void => {
      if (item && !item.broken() && !closed) idle.push({ kind, item });
      else if (item) close({ kind, item });
      else count(kind, -1);
      serve();
    },
    close: (): void => {
      closed = true;
      clearTimeout(later);
      idle.forEach(close);
      idle = [];
    },
  };
};
