import { type Product, startProduct } from '../test/flow/product.ts';
import { conditionalPuts } from './conditional-puts.ts';
import { accepted } from './accepted.ts';
import { median } from './median.ts';

const BATCH = 100;
const LEADS = 20;

/** One batch as a browser's or a server's library sends it: 100 events of 20 leads. */
const batchOf = (round: string, n: number): object[] =>
  Array.from({ length: BATCH }, (_, each) => ({
    type: 'page',
    userId: `bench-${(n % 25) * LEADS + (each % LEADS)}`,
    messageId: `${round}-${n}-${each}`,
    properties: { path: `/blog/${each}` },
    timestamp: new Date(Date.now() - 60_000 + each).toISOString(),
  }));

async function eventsPerSecond(product: Product, round: string, batches: number): Promise<number> {
  let next = 0;
  const start = performance.now();
  const work = async (): Promise<void> => {
    while (next < batches) await accepted(product, batchOf(round, next++));
  };
  await Promise.all(Array.from({ length: 4 }, work));
  await product.idle();
  return (batches * BATCH) / ((performance.now() - start) / 1000);
}

/** Events accepted, scored and stored per second, and its ratio to bare conditional puts; medians of three rounds. */
export async function throughput(): Promise<Record<string, number>> {
  const product = await startProduct();
  try {
    await eventsPerSecond(product, 'warm-up', 5);
    const rounds: { events: number; puts: number }[] = [];
    for (let round = 0; round < 3; round++)
      rounds.push({
        puts: await conditionalPuts(4000, 16),
        events: await eventsPerSecond(product, `round-${round}`, 40),
      });
    return {
      'events/s through HTTP, scored and stored': median(rounds.map(({ events }) => events)),
      'bare conditional puts/s': median(rounds.map(({ puts }) => puts)),
      'ratio (at least 0.3)': median(rounds.map(({ events, puts }) => events / puts)),
    };
  } finally {
    await product.end();
  }
}
