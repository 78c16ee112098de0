/** Contexts that are loaded at once, of all functions together: each holds some megabytes. */
const MAX_OPEN = 12;
/** How long another function's call may wait before it goes ahead of calls that could use a context as it is, ms. */
const PATIENCE_MS = 250;

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

/** Keeps what was opened for the next caller of the same kind; the longest unused of another kind makes room. */
export const createPool = <T extends Pooled>(max = MAX_OPEN) => {
  /** Longest unused first. */
  let idle: { kind: string; item: T }[] = [];
  const waiting: Waiting<T>[] = [];
  let open = 0;
  let closed = false;

  /** One to use as it is, or undefined: the caller opens one, there is room. */
  const acquire = (kind: string): Promise<T | undefined> | T | undefined => {
    const found = idle.findLastIndex((each) => each.kind === kind);
    if (found >= 0) {
      const item = idle.splice(found, 1)[0]?.item;
      // It may have crashed since, by what its last invocation left running.
      if (!item?.broken()) return item;
      item.close();
      return undefined;
    }
    if (open < max) {
      open++;
      return undefined;
    }
    const oldest = idle.shift();
    if (oldest) {
      oldest.item.close();
      return undefined;
    }
    return new Promise((take) => waiting.push({ kind, since: performance.now(), take }));
  };

  /** Gives one back; without an item, the place that an `acquire` had left to fill. */
  const release = (kind: string, item?: T): void => {
    const first = waiting[0];
    const patient = first && performance.now() - first.since < PATIENCE_MS;
    const same = item && !item.broken() && patient ? waiting.findIndex((each) => each.kind === kind) : 0;
    const [next] = waiting.splice(Math.max(0, same), 1);
    if (item && !item.broken() && !closed) {
      if (!next) {
        idle.push({ kind, item });
        return;
      }
      if (next.kind === kind) return next.take(item);
    }
    item?.close();
    if (next) next.take(undefined);
    else open--;
  };

  return {
    acquire,
    release,
    close: (): void => {
      closed = true;
      for (const { item } of idle) item.close();
      open -= idle.length;
      idle = [];
    },
  };
};
