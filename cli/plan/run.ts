import { createImpact, type ImpactOptions } from '../../core/impact/impact.ts';
import { type Impact } from '../../core/impact/report.ts';
import { watchFor } from '../../rulefiles/lint/unmatched.ts';
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
    // What an event says is looked at once; when it happened matters only to rules of certain days.
    const seen = new Set<number>();
    for (let row = 0; row < chunk.at.length; row += 1) {
      const number = chunk.content[row] ?? -1;
      const said = chunk.contents[number];
      const occurredAt = chunk.at[row] ?? 0;
      if (!said || occurredAt > options.at || (!timed && seen.has(number))) continue;
      seen.add(number);
      watch.see({ id: '', occurredAt, ...said });
    }
    leads += chunk.leads.length;
    report?.(leads);
  }
  return impact.result(
    watch.warnings().flatMap(({ path }) => (typeof path[1] === 'string' ? [path[1]] : [])),
  );
}
