import { DAY, durationMs } from '../../core/duration.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Scoring } from '../../core/ruleset.ts';

/** How long events are kept beyond the retention, ms. */
const GRACE = 30 * DAY;

/** When an event may be deleted, UTC milliseconds; null: never. */
export const expiryOf = ({ retention }: Scoring['settings']): ((event: LeadEvent) => number | null) => {
  if (retention === undefined) return () => null;
  const kept = durationMs(retention) + GRACE;
  return ({ occurredAt }) => occurredAt + kept;
};
