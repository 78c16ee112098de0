import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file in the system's folder for temporary files. Where the system allows it, its name is removed as soon as it is
 * open: it is gone with the process then, however that ends.
 */
export class Scratch {
  readonly #folder: string;
  readonly #file: number;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'kindling-score-'));
    this.#file = openSync(join(this.#folder, 'records'), 'w+');
    this.#remove();
  }

  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
  }

  /** Fills `into` as far as the file goes; how many bytes that were. */
  read(into: Uint8Array, position: number): number {
    let done = 0;
    while (done < into.length) {
      const more = readSync(this.#file, into, done, into.length - done, position + done);
      if (more === 0) break;
      done += more;
    }
    return done;
  }

  close(): void {
    closeSync(this.#file);
    this.#remove();
  }

  #remove(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // Some systems keep the name of an open file; then it goes when it is closed.
    }
  }
}

/** Bytes of records, one behind the other: in memory while they are few, in a scratch file else. */
export class Spool {
  readonly #piece: number;
  #blocks: Uint8Array[] = [];
  #bytes = 0;
  #scratch: Scratch | null = null;
  readonly #most: number;

  /** @param most bytes that may stay in memory @param piece bytes read at once; no record is longer */
  constructor(most: number, piece: number) {
    this.#most = most;
    this.#piece = piece;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get onDisk(): boolean {
    return this.#scratch !== null;
  }

  /** Appends whole records; whether their bytes are needed no more. */
  append(records: Uint8Array): boolean {
    if (this.#scratch) {
      this.#scratch.write(records, this.#bytes);
      this.#bytes += records.length;
      return true;
    }
    this.#blocks.push(records);
    this.#bytes += records.length;
    if (this.#bytes <= this.#most) return false;
    this.#scratch = new Scratch();
    let position = 0;
    for (const block of this.#blocks) {
      this.#scratch.write(block, position);
      position += block.length;
    }
    this.#blocks = [];
    return true;
  }

  /** All bytes in order, in pieces that end where a record ends; each is overwritten by the next. */
  *pieces(lengthAt: (bytes: Uint8Array, offset: number) => number): Generator<Uint8Array> {
    if (!this.#scratch) {
      yield* this.#blocks;
      return;
    }
    const piece = new Uint8Array(this.#piece);
    for (let position = 0; position < this.#bytes;) {
      const read = this.#scratch.read(
        piece.subarray(0, Math.min(piece.length, this.#bytes - position)),
        position,
      );
      let end = 0;
      for (let next = 0; next + 4 <= read;) {
        next += lengthAt(piece, next);
        if (next <= read) end = next;
      }
      if (end === 0) throw new RangeError('a record that is longer than a piece');
      yield piece.subarray(0, end);
      position += end;
    }
  }

  close(): void {
    this.#scratch?.close();
    this.#scratch = null;
    this.#blocks = [];
  }
}
