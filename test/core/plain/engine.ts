import { checkRules, type CheckResult } from '../../../core/check/check.ts';
import { compile, type Engine } from '../../../core/engine/compile.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { AccountHistory, History } from '../../../core/history.ts';
import type { Scoring } from '../../../core/ruleset.ts';
import type { PlainRules } from './facts.ts';

/** What `kindling check` says of rules. */
export const checked = ({ settings, scores, bands, accounts }: PlainRules): CheckResult =>
  checkRules([
    { file: 'settings.yaml', data: settings },
    { file: 'bands.yaml', data: bands },
    ...(accounts ? [{ file: 'accounts.yaml', data: accounts }] : []),
    ...scores.map((data, n) => ({ file: `scores/file-${n}.yaml`, data })),
  ]);

export function scoringOf(rules: PlainRules): Scoring & { readonly hash: string } {
  const { issues, ruleset } = checked(rules);
  if (!ruleset) throw new Error(JSON.stringify(issues));
  return { ...ruleset, hash: 'plain' };
}

/** The engine that is held against the plain interpreter. */
export const engineOf = (rules: PlainRules): Engine => compile(scoringOf(rules));

/** What is known of accounts, from a lead and its colleagues. */
export function accountsIn(events: readonly LeadEvent[]): readonly AccountHistory[] {
  const about = events.filter(({ type, groupId }) => type === 'group' && groupId !== undefined);
  return [...Map.groupBy(about, ({ groupId = '' }) => groupId)].map(([id, told]) => ({ id, events: told }));
}

/** A history as whoever has all messages makes it. */
export const historyOf = (events: readonly LeadEvent[], colleagues: readonly LeadEvent[] = []): History => ({
  events,
  accounts: accountsIn([...events, ...colleagues]),
});
