import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from '../test/flow/product.ts';

/**
 * Sends a batch until it is accepted, as client libraries do: again after the pause that a 429 asks for. The limit lets
 * events in faster than they are scored, so that scoring has always something to do.
 */
export async function accepted(product: Product, batch: readonly object[]): Promise<void> {
  for (;;) {
    const answer = await product.send(...batch);
    await answer.arrayBuffer();
    if (answer.ok) return;
    if (answer.status !== 429) throw new Error(`ingest answered ${answer.status}`);
    await sleep(1_000 * Number(answer.headers.get('retry-after') ?? 1));
  }
}
