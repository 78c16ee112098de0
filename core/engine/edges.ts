/** Beginnings and ends are told apart by so many characters at most. */
const LONGEST = 24;

/** Spreads what differs by one character over all bits (FNV-1a). */
const mixed = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const SEED = 0x811c9dc5 | 0;

/** Those who wait for one beginning or end. */
interface Waiting<E> {
  readonly edge: string;
  readonly entries: readonly E[];
}

/**
 * Who waits for texts that begin with something, or that end with it. A text is gone through once, however many wait:
 * at each length that some edge has it is looked up what has been read so far.
 */
export class Edges<E> {
  readonly #end: boolean;
  /** By length: how many characters are read, and by the hash of these who waits; shortest first. */
  readonly #steps: { readonly length: number; readonly byHash: ReadonlyMap<number, readonly Waiting<E>[]> }[];

  /** @param end whether the edges are ends */
  constructor(edges: ReadonlyMap<string, readonly E[]>, end: boolean) {
    this.#end = end;
    const steps = new Map<number, Map<number, Waiting<E>[]>>();
    for (const [edge, entries] of edges) {
      const length = Math.min(LONGEST, edge.length);
      const byHash = steps.get(length) ?? new Map<number, Waiting<E>[]>();
      steps.set(length, byHash);
      const hash = this.#read(edge, 0, length, SEED);
      byHash.set(hash, [...(byHash.get(hash) ?? []), { edge, entries }]);
    }
    this.#steps = [...steps]
      .map(([length, byHash]) => ({ length, byHash }))
      .sort((a, b) => a.length - b.length);
  }

  get some(): boolean {
    return this.#steps.length > 0;
  }

  visit(text: string, visit: (entry: E) => void): void {
    let hash = SEED;
    let read = 0;
    for (const { length, byHash } of this.#steps) {
      if (length > text.length) return;
      hash = this.#read(text, read, length, hash);
      read = length;
      const waiting = byHash.get(hash);
      if (waiting === undefined) continue;
      for (const { edge, entries } of waiting)
        if (this.#end ? text.endsWith(edge) : text.startsWith(edge))
          for (const entry of entries) visit(entry);
    }
  }

  /** Goes on with a hash over the characters `from` to `to` (not included), counted from the edge. */
  #read(text: string, from: number, to: number, hash: number): number {
    let read = hash;
    if (this.#end) {
      const last = text.length - 1;
      for (let n = from; n < to; n += 1) read = mixed(read, text.charCodeAt(last - n));
    } else for (let n = from; n < to; n += 1) read = mixed(read, text.charCodeAt(n));
    return read;
  }
}
