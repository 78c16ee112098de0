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

  write(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
  }

  /** Fills `into` as far as the file goes; how many bytes that were. */
  read(into: Buffer, position: number): number {
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
  readonly #block: number;
  #blocks: Buffer[] = [];
  #current: Buffer;
  #used = 0;
  #written = 0;
  #scratch: Scratch | null = null;
  readonly #most: number;

  /** @param most bytes that may stay in memory @param block bytes written at once; no record is longer */
  constructor(most: number, block: number) {
    this.#most = most;
    this.#block = block;
    this.#current = Buffer.allocUnsafe(block);
  }

  get bytes(): number {
    return this.#written + this.#used;
  }

  get onDisk(): boolean {
    return this.#scratch !== null;
  }

  /** Appends what `write` writes into a buffer from an offset on; it answers the end, or -1 where that does not fit. */
  append(write: (into: Buffer, offset: number) => number): number {
    let end = write(this.#current, this.#used);
    if (end < 0) {
      this.#flush();
      end = write(this.#current, this.#used);
      if (end < 0) throw new RangeError('a record longer than a block');
    }
    const length = end - this.#used;
    this.#used = end;
    return length;
  }

  #flush(): void {
    const full = this.#current.subarray(0, this.#used);
    this.#written += this.#used;
    this.#used = 0;
    if (this.#scratch) {
      this.#scratch.write(full, this.#written - full.length);
      return;
    }
    this.#blocks.push(full);
    this.#current = Buffer.allocUnsafe(this.#block);
    if (this.#written <= this.#most) return;
    this.#scratch = new Scratch();
    let position = 0;
    for (const block of this.#blocks) {
      this.#scratch.write(block, position);
      position += block.length;
    }
    this.#blocks = [];
  }

  /** All bytes in order, in pieces that end where a record ends. */
  *pieces(lengthAt: (bytes: Buffer, offset: number) => number): Generator<Buffer> {
    if (this.#scratch) {
      const piece = Buffer.allocUnsafe(this.#block);
      for (let position = 0; position < this.#written;) {
        const read = this.#scratch.read(
          piece.subarray(0, Math.min(piece.length, this.#written - position)),
          position,
        );
        let end = 0;
        while (end + 4 <= read && end + lengthAt(piece, end) <= read) end += lengthAt(piece, end);
        yield piece.subarray(0, end);
        position += end;
      }
    } else yield* this.#blocks;
    yield this.#current.subarray(0, this.#used);
  }

  close(): void {
    this.#scratch?.close();
    this.#scratch = null;
    this.#blocks = [];
  }
}
