import { readFile } from 'node:fs/promises';
import { startProduct } from '../test/flow/product.ts';
import { accepted } from './accepted.ts';

const EVENTS = 100_000;
const BATCH = 500;
const LEADS = 5000;

const megabytes = async (pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024;
};

/** Resident memory of the one process with 100,000 events loaded through HTTP, in MB. */
export async function memory(): Promise<Record<string, number>> {
  const product = await startProduct();
  try {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < EVENTS / BATCH) {
        const n = next++;
        const batch = Array.from({ length: BATCH }, (_, each) => ({
          type: 'page',
          userId: `m${(n * BATCH + each) % LEADS}`,
          messageId: `m-${n}-${each}`,
          properties: { path: `/blog/${each % 40}` },
          timestamp: new Date(Date.now() - 86_400_000 + n * 1000 + each).toISOString(),
        }));
        await accepted(product, batch);
      }
    };
    await Promise.all([work(), work()]);
    await product.idle();
    const pid = product.process.pid ?? 0;
    return {
      'resident with 100,000 events, MB (under 400)': await megabytes(pid, 'VmRSS'),
      'its highest, MB': await megabytes(pid, 'VmHWM'),
    };
  } finally {
    await product.end();
  }
}
