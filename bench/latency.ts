import { startProduct } from '../test/flow/product.ts';
import { median, percentile } from './median.ts';

const PER_SECOND = 100;
const SECONDS = 10;
/** Nobody does a hundred things a second: they are many people's. */
const LEADS = 200;

/** How long a single event waits for its answer while 100 a second come in, in ms. */
export async function latency(): Promise<Record<string, number>> {
  const product = await startProduct();
  try {
    const send = async (id: string, n: number): Promise<number> => {
      const start = performance.now();
      const answer = await product.send({
        type: 'page',
        userId: `u${n % LEADS}`,
        messageId: id,
        properties: { path: '/a' },
      });
      if (!answer.ok) throw new Error(`ingest answered ${answer.status}`);
      await answer.arrayBuffer();
      return performance.now() - start;
    };
    for (let n = 0; n < 50; n++) await send(`warm-up-${n}`, n);
    // what is scored then has been loaded once
    await product.idle();
    const waits: Promise<number>[] = [];
    const start = performance.now();
    for (let n = 0; n < PER_SECOND * SECONDS; n++) {
      const due = start + (n * 1000) / PER_SECOND;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      waits.push(send(`latency-${n}`, n));
    }
    const all = await Promise.all(waits);
    return {
      'accept one event at 100/s, median ms': median(all),
      'accept one event at 100/s, p99 ms (under 50)': percentile(all, 0.99),
    };
  } finally {
    await product.end();
  }
}
