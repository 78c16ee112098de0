import { DAY, durationMs } from '../../core/duration.ts';
import { isRuleEvent } from '../../core/engine/match.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Scoring } from '../../core/ruleset.ts';

/** How long events are kept beyond the retention, ms. */
const GRACE = 30 * DAY;

/**
 * When an event may be deleted, UTC milliseconds; null: never. What says who somebody is, and a person's points, outlive
 * the retention: they stay in the log, from which a lead can be made anew.
 */
export const expiryOf = ({ retention }: Scoring['settings']): ((event: LeadEvent) => number | null) => {
  if (retention === undefined) return () => null;
  const kept = durationMs(retention) + GRACE;
  return (event) => (isRuleEvent(event) ? event.occurredAt + kept : null);
};
