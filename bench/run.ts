/** Runs what is named (`npm run bench -- throughput`), or all; prints a small table and writes bench/results/<time>.json. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { plan } from './plan/plan.ts';
import { throughput } from './throughput.ts';

const benches: Record<string, () => Promise<Record<string, number>>> = { throughput, latency, memory, plan };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benches[name]);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exit(1);
}

const results: Record<string, Record<string, number>> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  results[name] = await bench();
  process.stdout.write(`${name}\n`);
  for (const [what, value] of Object.entries(results[name]))
    process.stdout.write(
      `  ${what.padEnd(50)} ${value.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(10)}\n`,
    );
}
const folder = join(import.meta.dirname, 'results');
await mkdir(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`Written to ${file}\n`);
