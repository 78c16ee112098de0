import { setTimeout as sleep } from 'node:timers/promises';
import type { Sent } from './crowd.ts';
import type { Product } from './product.ts';

/** A product that is killed now and then, and comes back at another address. */
export interface Lives {
  /** The one that runs, or the next one. */
  running(): Promise<Product>;
}

/** Sends a batch as client libraries do: the same message ids again, until the answer is 200. */
export const deliver = async (batch: readonly Sent[], lives: Lives): Promise<void> => {
  for (;;) {
    const product = await lives.running();
    // no answer: killed before, while, or after it took the batch
    const status = await product.send(...batch).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => null,
    );
    if (status === 200) return;
    if (status !== null && status !== 429 && status !== 503)
      throw new Error(`a batch is answered by ${status}`);
    await sleep(50);
  }
};

/** Opens step by step: what comes later waits before it. */
export class Gate {
  #open = 0;
  #waiting: (() => void)[] = [];

  /** Lets the first so many through. */
  open(count: number): void {
    this.#open = count;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when the one at this place, from 0, may go through. */
  async pass(at: number): Promise<void> {
    while (at >= this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
