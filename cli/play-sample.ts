import { setTimeout as sleep } from 'node:timers/promises';

import { type Runtime } from '../local/runtime.ts';
import { type DemoMessage, type DemoProgress, play } from './demo.ts';
import { type Progress } from './progress.ts';

const DAY = 86_400_000;

interface Options {
  readonly progress: Progress;
  /** Null: played to its end. */
  readonly save: (progress: DemoProgress | null) => Promise<void>;
  readonly signal: AbortSignal;
  /** UTC milliseconds of the machine's own clock. */
  readonly now: () => number;
}

/** Plays the sample through the product's own front door, up to the present, and then lets time be real. */
export async function playSample(
  runtime: Runtime,
  serverKey: string,
  sample: readonly DemoMessage[],
  from: DemoProgress,
  { progress, save, signal, now }: Options,
): Promise<void> {
  const end = sample.at(-1)?.at ?? 0;
  // Everything happens at its time. Only the tick that looks for what is due runs once a step: each of the 5,760 of
  // these sixty days would take as long as all the rest.
  const moveTo = (at: number, there?: () => Promise<void>): Promise<void> =>
    runtime.drowse(at - runtime.clock.now(), there);
  const stage = {
    now: () => runtime.clock.now(),
    moveTo,
    send: (batch: readonly object[]) => post(runtime.url, serverKey, batch, signal),
  };
  const report = (at: number): void => {
    const days = Math.max(0, Math.round((end - at) / DAY));
    const when = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
    progress.step(`Playing the sample: ${when}`);
  };
  try {
    await play(stage, sample, from, save, { signal, report });
    if (signal.aborted) return;
    await runtime.idle();
    await moveTo(Math.max(now(), runtime.clock.now()));
    if (runtime.clock.virtual) runtime.clock.goReal();
    await save(null);
  } catch (error) {
    // once it is interrupted the product goes away under the player
    if (!signal.aborted) throw error;
  }
}

/** As any server sends: again, when the product says that it is busy. */
async function post(url: string, key: string, batch: readonly object[], signal: AbortSignal): Promise<void> {
  for (let pause = 100; ; pause *= 2) {
    const response = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
      signal,
    });
    await response.arrayBuffer();
    if (response.ok) return;
    if ((response.status !== 429 && response.status !== 503) || pause > 5_000)
      throw new Error(`the sample was refused with ${response.status}`);
    await sleep(pause, undefined, { signal });
  }
}
