import type { Part } from './by-lead.ts';
import { DOUBLES, filled, HEAD, MERGED, viewsOf, type Views, WORDS } from './record.ts';

/** The records of a part, lead by lead, each message once, in the order in which messages count. */
export class Sorted {
  readonly views: Views;
  /** Where the record of each row begins. */
  readonly offsets: Uint32Array;
  /** By place in the part, the row at which a lead begins; one more than there are leads. */
  readonly #starts: Uint32Array;
  #table = new Uint32Array(256);

  constructor({ bytes, first, last }: Part) {
    this.views = viewsOf(bytes);
    const { words } = this.views;
    const starts = new Uint32Array(last - first + 1);
    let rows = 0;
    for (let offset = 0; offset < bytes.length; offset += this.#size(offset)) {
      const place = ((words[(offset >> 2) + WORDS.lead] as number) & ~MERGED) - first;
      starts[place + 1] = (starts[place + 1] as number) + 1;
      rows += 1;
    }
    for (let n = 1; n < starts.length; n += 1) starts[n] = (starts[n] as number) + (starts[n - 1] as number);
    this.#starts = starts;
    this.offsets = new Uint32Array(rows);
    const next = starts.slice();
    for (let offset = 0; offset < bytes.length; offset += this.#size(offset)) {
      const place = ((words[(offset >> 2) + WORDS.lead] as number) & ~MERGED) - first;
      const row = next[place] as number;
      this.offsets[row] = offset;
      next[place] = row + 1;
    }
  }

  #size(offset: number): number {
    return filled(this.views.words[(offset >> 2) + WORDS.length] as number);
  }

  /** The rows of the lead of a place, to the one before `to`. */
  lead(place: number): { readonly from: number; readonly to: number } {
    const [from, end] = [this.#starts[place] as number, this.#starts[place + 1] as number];
    const to = this.#isEachOnce(from, end) ? end : this.#once(from, end);
    if (!this.#isInOrder(from, to)) this.offsets.subarray(from, to).sort((a, b) => this.#compare(a, b));
    return { from, to };
  }

  /** Whether no two of some rows can have one id, as far as hashes tell. */
  #isEachOnce(from: number, to: number): boolean {
    const { words } = this.views;
    const count = to - from;
    let size = this.#table.length;
    while (size < 4 * count) size *= 2;
    if (size > this.#table.length) this.#table = new Uint32Array(size);
    const table = this.#table;
    // No more of it than these rows need is used, and cleared.
    let used = 256;
    while (used < 4 * count) used *= 2;
    table.fill(0, 0, used);
    for (let row = from; row < to; row += 1) {
      const hash = words[((this.offsets[row] as number) >> 2) + WORDS.hash] as number;
      let place = hash & (used - 1);
      for (let other = table[place] as number; other !== 0; other = table[place] as number) {
        if (words[((this.offsets[from + other - 1] as number) >> 2) + WORDS.hash] === hash) return false;
        place = (place + 1) & (used - 1);
      }
      table[place] = row - from + 1;
    }
    return true;
  }

  /**
   * Leaves each message once: of copies that are stored as one the first, the lead's own before that of a lead that was
   * merged into it; of what is left the earliest. The rows move together; answers where they end.
   */
  #once(from: number, to: number): number {
    const { words, doubles } = this.views;
    const rows = [...this.offsets.subarray(from, to)];
    const isMerged = (offset: number): boolean => (words[(offset >> 2) + WORDS.lead] as number) >= MERGED;
    const stored = new Map<string, number>();
    for (const merged of [false, true])
      for (const offset of rows) {
        if (isMerged(offset) !== merged) continue;
        const copy = `${doubles[(offset >> 3) + DOUBLES.key]}#${this.#id(offset)}`;
        if (!stored.has(copy)) stored.set(copy, offset);
      }
    const earliest = new Map<string, number>();
    for (const offset of stored.values()) {
      const id = this.#id(offset);
      const known = earliest.get(id);
      if (known === undefined || this.#at(offset) < this.#at(known)) earliest.set(id, offset);
    }
    let row = from;
    for (const offset of earliest.values()) this.offsets[row++] = offset;
    return row;
  }

  #id(offset: number): string {
    const start = offset + HEAD;
    return this.views.bytes.toString(
      'utf8',
      start,
      start + (this.views.words[(offset >> 2) + WORDS.id] as number),
    );
  }

  #at(offset: number): number {
    return this.views.doubles[(offset >> 3) + DOUBLES.at] as number;
  }

  #isInOrder(from: number, to: number): boolean {
    const { offsets } = this;
    const { doubles } = this.views;
    let before = -Infinity;
    for (let row = from; row < to; row += 1) {
      const at = doubles[((offsets[row] as number) >> 3) + DOUBLES.at] as number;
      if (at < before) return false;
      if (at === before && this.#compare(offsets[row - 1] as number, offsets[row] as number) > 0)
        return false;
      before = at;
    }
    return true;
  }

  /** By instant, then by the bytes of the id. */
  #compare(a: number, b: number): number {
    const by = this.#at(a) - this.#at(b);
    if (by !== 0) return by;
    const { bytes, words } = this.views;
    const [x, y] = [a + HEAD, b + HEAD];
    return bytes.compare(
      bytes,
      y,
      y + (words[(b >> 2) + WORDS.id] as number),
      x,
      x + (words[(a >> 2) + WORDS.id] as number),
    );
  }
}
