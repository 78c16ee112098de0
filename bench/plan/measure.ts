// One measurement in a process of its own, so that its peak of memory is its own: node bench/plan/measure.ts DIR WHAT
import { storeHistory } from '../../cli/history/store-history.ts';
import { replayPlan } from '../../cli/plan/run.ts';
import { replayOf } from '../../core/engine/replay.ts';
import { logOf } from '../../core/impact/history.ts';
import { END } from '../engine/events.ts';
import { baseRules, changedRules, FEW } from './rulesets.ts';

const [dir = '', what = ''] = process.argv.slice(2);
const base = baseRules();
const started = { thread: process.threadCpuUsage(), all: process.cpuUsage() };
let leads = 0;
if (what === 'fold') {
  for await (const chunk of (await storeHistory(dir, END)).chunks()) {
    const replay = replayOf(base, chunk.contents);
    for (const lead of chunk.leads) {
      replay.lead(logOf(chunk, lead), -8.64e15, END);
      leads += 1;
    }
  }
} else {
  const head = changedRules(what === 'few' ? FEW : null);
  const options = { base, head, at: END, since: END - 90 * 86_400_000 };
  const impact = await replayPlan(await storeHistory(dir, END), options);
  leads = impact.leads;
  process.stderr.write(`${what}: ${impact.touched} of ${leads} leads change\n`);
}
const ms = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
const told = {
  ms: ms(process.threadCpuUsage(started.thread)),
  allMs: ms(process.cpuUsage(started.all)),
  leads,
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
