/** Spreads what differs by one byte over all bits (FNV-1a). */
export const mixed = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);
export const SEED = 0x811c9dc5 | 0;

/** Entries that are known at once, and their bytes; more begin anew, so that ever new ones cost no more memory. */
const MOST = 1 << 16;
const BYTES = 8 << 20;

/** Numbers for runs of bytes, so that what was said before is known again without reading it. */
export class Interner {
  /** By place the number of the entry and one; 0: free. At most a quarter is taken. */
  #table = new Uint32Array(1 << 10);
  /** By entry: where its bytes begin, their hash, and what is kept for them. */
  readonly #starts: number[] = [0];
  readonly #hashes: number[] = [];
  readonly #values: number[] = [];
  #bytes = new Uint8Array(1 << 12);

  /** What was kept for these bytes, or -1. @param hash of them, by `mixed` from `SEED` on */
  find(bytes: Uint8Array, length: number, hash: number): number {
    const table = this.#table;
    const last = table.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const entry = table[place] as number;
      if (entry === 0) return -1;
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, bytes, length))
        return this.#values[entry - 1] as number;
    }
  }

  #equals(entry: number, bytes: Uint8Array, length: number): boolean {
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== length) return false;
    const known = this.#bytes;
    for (let n = 0; n < length; n += 1) if (known[start + n] !== bytes[n]) return false;
    return true;
  }

  /** Keeps a value for bytes that `find` did not know. */
  keep(bytes: Uint8Array, length: number, hash: number, value: number): void {
    if (this.#values.length === MOST || (this.#starts.at(-1) ?? 0) + length > BYTES) this.#forget();
    const start = this.#starts.at(-1) ?? 0;
    if (start + length > this.#bytes.length) {
      const more = new Uint8Array(Math.max(start + length, 2 * this.#bytes.length));
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes.set(bytes.subarray(0, length), start);
    this.#starts.push(start + length);
    this.#hashes.push(hash);
    this.#values.push(value);
    if (4 * this.#values.length > this.#table.length) {
      this.#table = new Uint32Array(4 * this.#table.length);
      for (let entry = 0; entry < this.#hashes.length - 1; entry += 1) this.#enter(entry);
    }
    this.#enter(this.#values.length - 1);
  }

  #enter(entry: number): void {
    const last = this.#table.length - 1;
    let place = (this.#hashes[entry] as number) & last;
    while (this.#table[place] !== 0) place = (place + 1) & last;
    this.#table[place] = entry + 1;
  }

  #forget(): void {
    this.#table.fill(0);
    this.#starts.length = 1;
    this.#hashes.length = 0;
    this.#values.length = 0;
  }
}
