/**
 * Runs what is named (`npm run bench -- throughput`), or all but what is long (see `LONG`), which takes less than three
 * minutes; prints figures, then a table of what was asked and what was measured, and writes both to
 * bench/results/<time>.json.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { claimsOf, claimsTable } from './claims.ts';
import { fold } from './engine/fold.ts';
import { matching } from './engine/matching.ts';
import { sample, score, scoreAll } from './engine/score.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { plan } from './plan/plan.ts';
import { rescore } from './rescore.ts';
import { throughput } from './throughput.ts';

const benches: Record<string, () => Promise<Record<string, number>>> = {
  matching,
  fold,
  score,
  'score-all': scoreAll,
  sample,
  throughput,
  latency,
  memory,
  plan,
  rescore,
};
/** Only where they are named: they take their time, or a part of another takes less. */
const LONG: readonly string[] = ['score', 'memory', 'rescore'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benches[name]);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exit(1);
}

// What the engine is measured against is installed here alone.
if (!existsSync(join(import.meta.dirname, 'node_modules')))
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' });

const started = performance.now();
const load = loadavg()[0] ?? 0;
const results: Record<string, Record<string, number>> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 ? !asked.includes(name) : LONG.includes(name)) continue;
  results[name] = await bench();
  process.stdout.write(`${name}\n`);
  for (const [what, value] of Object.entries(results[name]))
    process.stdout.write(
      `  ${what.padEnd(60)} ${value.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(10)}\n`,
    );
}
const folder = join(import.meta.dirname, 'results');
await mkdir(folder, { recursive: true });
const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
const seconds = Math.round((performance.now() - started) / 1000);
const claims = claimsOf(results);
const cores = availableParallelism();
const told = { seconds, cores, load, node: process.version, claims, results };
await writeFile(file, `${JSON.stringify(told, null, 2)}\n`);
process.stdout.write(`\n${claimsTable(claims)}\n`);
if (load > cores / 2)
  process.stdout.write(
    `The machine was busy with other things: a load of ${load.toFixed(1)} on ${cores} cores.\n`,
  );
process.stdout.write(`Written to ${file}, in ${seconds} s\n`);
