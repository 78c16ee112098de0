import { createImpact, type ImpactOptions } from '../../core/impact/impact.ts';
import { type HistoryChunk } from '../../core/impact/history.ts';
import { type Impact } from '../../core/impact/report.ts';
import { type Watch, watchFor } from '../../rulefiles/lint/unmatched.ts';
import { type HistorySource } from '../history/source.ts';

/** Replays a history under two rulesets. @param report called after each chunk with the leads so far */
export async function replayPlan(
  history: HistorySource,
  options: Omit<ImpactOptions, 'accounts'>,
  report?: (leads: number) => void,
): Promise<Impact> {
  const impact = createImpact({ ...options, accounts: history.accounts });
  const watch = watchFor(options.head);
  const timed = Object.values(options.head.scores).some(({ rules }) =>
    Object.values(rules).some(({ active }) => active !== undefined),
  );
  let leads = 0;
  for await (const chunk of history.chunks()) {
    impact.take(chunk);
    look(watch, chunk, options.at, timed);
    leads += chunk.leads.length;
    report?.(leads);
  }
  return impact.result(
    watch.warnings().flatMap(({ path }) => (typeof path[1] === 'string' ? [path[1]] : [])),
  );
}

/** What an event says is looked at once; when it happened matters only to rules of certain days. */
function look(watch: Watch, { at, content, contents }: HistoryChunk, until: number, timed: boolean): void {
  const seen = new Uint8Array(contents.length);
  for (let row = 0; row < at.length && !watch.isOver; row += 1) {
    const number = content[row] ?? 0;
    if (seen[number] === 1 && !timed) continue;
    const [said, occurredAt] = [contents[number], at[row] ?? 0];
    if (!said || occurredAt > until) continue;
    seen[number] = 1;
    watch.see({ id: '', occurredAt, ...said });
  }
}
