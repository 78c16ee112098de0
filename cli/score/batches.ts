import type { Reads } from '../../core/engine/reads.ts';
import type { Batch } from './batch.ts';
import type { Crew } from './crew.ts';
import type { Done, Hand } from './jobs.ts';

/** Bytes of text up to which a file is read in this thread. */
const LITTLE = 4 * 1024 * 1024;
/** Bytes that are read at once at most: records of one batch name no more claims than are remembered. */
const CHUNK = 512 * 1024;
/** Chunks that the reader has at once, so that it never waits for the next. */
const AHEAD = 3;

/** Takes a batch; whether the bytes of its records are needed no more. */
type Take = (batch: Batch) => boolean;

/** A file of events on its way from bytes to batches of messages, in order; where it is long, in a thread of its own. */
export class Batches {
  readonly #crew: Crew;
  readonly #reads: Reads;
  readonly #at: number;
  #hand: Hand | null = null;
  /** What came before it was known how much there is. */
  #first: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  #waiting: (Done | Promise<Done>)[] = [];
  #lines = 0;
  /** Bytes that can be filled again. */
  readonly #spaces: ArrayBuffer[] = [];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];

  /** @param at see `LineReader` */
  constructor(crew: Crew, reads: Reads, at: number) {
    this.#crew = crew;
    this.#reads = reads;
    this.#at = at;
  }

  /** Takes the next bytes of the file, which stay the giver's. */
  async add(bytes: Uint8Array, take: Take): Promise<void> {
    for (let from = 0; from < bytes.length; from += CHUNK) {
      const chunk = this.#copy(bytes.subarray(from, from + CHUNK));
      this.#length += chunk.length;
      if (this.#hand) await this.#read(chunk, take);
      else {
        this.#first.push(chunk);
        if (this.#length > LITTLE) await this.#open(true, take);
      }
    }
  }

  /** Reads all lines that are there, though more may come: whoever sends them slowly hears of bad ones meanwhile. */
  async flush(take: Take): Promise<void> {
    if (this.#length === 0) return;
    if (!this.#hand) await this.#open(true, take);
    while (this.#waiting.length > 0) await this.#next(take);
  }

  /** Reads what is left when the file has ended, well or not; how many lines it had. */
  async finish(take: Take): Promise<number> {
    const hand = this.#hand ?? (await this.#open(false, take));
    while (this.#waiting.length > 0) await this.#next(take);
    const { batch } = await hand.perform({ do: 'close' });
    if (batch) this.#give(batch, take);
    return this.#lines;
  }

  async #open(much: boolean, take: Take): Promise<Hand> {
    const hand = (this.#hand = this.#crew.one(much));
    await hand.perform({ do: 'open', reads: this.#reads, at: this.#at });
    for (const chunk of this.#first.splice(0)) await this.#read(chunk, take);
    return hand;
  }

  async #read(bytes: Uint8Array<ArrayBuffer>, take: Take): Promise<void> {
    this.#waiting.push(this.#hand?.perform({ do: 'read', bytes, space: this.#spaces.pop() }) ?? {});
    while (this.#waiting.length >= AHEAD) await this.#next(take);
  }

  async #next(take: Take): Promise<void> {
    const { batch, bytes } = (await this.#waiting.shift()) ?? {};
    if (bytes) this.#chunks.push(bytes);
    if (batch) this.#give(batch, take);
  }

  #give(batch: Batch, take: Take): void {
    this.#lines = batch.lines;
    if (take(batch)) this.#spaces.push(batch.records.buffer);
  }

  #copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const known = this.#chunks.pop();
    const buffer =
      known?.buffer.byteLength === CHUNK ? known.buffer : new ArrayBuffer(Math.max(CHUNK, bytes.length));
    const chunk = new Uint8Array(buffer, 0, bytes.length);
    chunk.set(bytes);
    return chunk;
  }
}
