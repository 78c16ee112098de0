import { mixed, SEED } from './interner.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/** A name that does not matter; one that only a careful reader may read. */
const PASSED = -1;
export const REFUSED = -2;

/** A name of a field that was met, and which ones came after it the last times. */
interface Met {
  readonly bytes: Uint8Array;
  /** Its place among those that matter, or one of the above. */
  readonly number: number;
  next: Met | null;
  other: Met | null;
}

/** Names that are remembered by their bytes at once. */
const MOST = 1024;

/**
 * Reads names of fields in the order in which they mostly come: behind one of them mostly stands the one that stood there
 * before, and then its bytes are compared with that one's, not looked up.
 */
export class FieldNames {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #met = new Map<number, Met[]>();
  #count = 0;
  readonly #first: Met = { bytes: new Uint8Array(0), number: PASSED, next: null, other: null };
  #last: Met = this.#first;

  /** Where the name that was read ends: at its quote. */
  end = 0;

  /** @param names those that matter, by their numbers */
  constructor(names: Iterable<string>) {
    this.#numbers = new Map([...names].map((name, number) => [name, number]));
  }

  /** Before the first name of an object. */
  begin(): void {
    this.#last = this.#first;
  }

  /** The place of the name that begins at `from`, behind its quote, among those that matter; else PASSED or REFUSED. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const last = this.#last;
    let { next } = last;
    if (next !== null) {
      if (!this.#is(next, bytes, from)) {
        next = last.other;
        if (next !== null && !this.#is(next, bytes, from)) next = null;
      }
      if (next !== null) {
        this.#last = next;
        this.end = from + next.bytes.length;
        return next.number;
      }
    }
    return this.#meet(bytes, from, to);
  }

  #is({ bytes: name }: Met, bytes: Uint8Array, from: number): boolean {
    const { length } = name;
    for (let n = 0; n < length; n += 1) if (bytes[from + n] !== name[n]) return false;
    return bytes[from + length] === QUOTE;
  }

  #meet(bytes: Uint8Array, from: number, to: number): number {
    let hash = SEED;
    let at = from;
    for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[(at += 1)] as number) {
      if (byte < 32 || byte >= 128 || byte === BACKSLASH || at >= to) return REFUSED;
      hash = mixed(hash, byte);
    }
    this.end = at;
    const known = this.#met.get(hash) ?? [];
    let found = known.find((one) => one.bytes.length === at - from && this.#is(one, bytes, from));
    if (!found) {
      const number = this.#numberOf(bytes.subarray(from, at));
      if (this.#count === MOST) return number;
      this.#count += 1;
      found = { bytes: bytes.slice(from, at), number, next: null, other: null };
      this.#met.set(hash, [...known, found]);
    }
    this.#last.other = this.#last.next;
    this.#last.next = found;
    this.#last = found;
    return found.number;
  }

  #numberOf(name: Uint8Array): number {
    const text = String.fromCharCode(...name);
    // No name at all; and __proto__, which is refused.
    if (text === '' || (text.length === 9 && text.startsWith('__p'))) return REFUSED;
    return this.#numbers.get(text) ?? PASSED;
  }
}
