import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How late the player sends at most, virtual milliseconds: what happened meanwhile is one batch, as clients send. */
const STEP = HOUR;

/** Where the player is, kept in the data folder: a restart goes on, and never plays anything twice. */
export interface DemoProgress {
  /** Milliseconds by which the sample was moved, so that it ends when the product is first started. */
  readonly shift: number;
  /** Messages sent so far. */
  readonly played: number;
}

/** A message of the sample. */
export interface DemoMessage {
  readonly at: number;
  readonly message: Readonly<Record<string, unknown>>;
}

/** What the player needs of the running product. */
export interface Stage {
  /** UTC milliseconds of the product's clock. */
  now(): number;
  /** Sets the product's clock forward, does `there`, and answers when all that came of it, and is due by then, is done. */
  moveTo(at: number, there: () => Promise<void>): Promise<void>;
  /** Sends a batch as any server does; rejects unless it was taken. */
  send(batch: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
}

/** Reads a sample, which is in the order of time. */
export async function readSample(file: URL | string): Promise<DemoMessage[]> {
  const text = gunzipSync(await readFile(file)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const message = JSON.parse(line) as Record<string, unknown> & { timestamp: string };
      return { at: Date.parse(message.timestamp), message };
    });
}

/** The same sample, `shift` milliseconds later. */
export function moved(sample: readonly DemoMessage[], shift: number): DemoMessage[] {
  return sample.map(({ at, message }) => ({
    at: at + shift,
    message: { ...message, timestamp: new Date(at + shift).toISOString() },
  }));
}

/** Whole days, so that office hours stay office hours: with this shift a sample ends within the day before `now`. */
export function shiftToEnd(sample: readonly DemoMessage[], now: number): number {
  return Math.floor((now - (sample.at(-1)?.at ?? now)) / DAY) * DAY;
}

/**
 * Plays a sample: the clock moves on a step, then what happened in that step is sent, in the order of time.
 * @param step virtual milliseconds between two batches
 * @param save called after each step, when its messages have been taken
 */
export async function play(
  stage: Stage,
  sample: readonly DemoMessage[],
  from: DemoProgress,
  save: (progress: DemoProgress) => Promise<void>,
  options: { step?: number; signal?: AbortSignal; report?: (at: number) => void } = {},
): Promise<void> {
  const { step = STEP, signal, report } = options;
  let { played } = from;
  while (played < sample.length) {
    if (signal?.aborted) return;
    const next = sample[played]?.at ?? 0;
    const until = Math.max(stage.now(), Math.ceil(next / step) * step);
    // not past the last message: the sample ends at the present, and the future is not ours to play
    const target = Math.min(until, Math.max(stage.now(), sample.at(-1)?.at ?? 0));
    let end = played;
    while (end < sample.length && (sample[end]?.at ?? 0) <= target) end += 1;
    const batch = sample.slice(played, end).map(({ message }) => message);
    await stage.moveTo(target, async () => {
      for (let index = 0; index < batch.length; index += 500)
        await stage.send(batch.slice(index, index + 500));
    });
    played = end;
    await save({ shift: from.shift, played });
    report?.(target);
  }
}
