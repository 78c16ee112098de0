import type { LeadEvent } from '../../core/event.ts';

/** Points of a curve that a person can tell apart. */
const MOST = 200;

/**
 * The instants at which a lead's score over time is computed, oldest first, at most 200: those of all its events, as
 * many between them as fit, evenly in time, so that fading shows; and now. Of more events every so manieth is taken.
 */
export const instantsOf = (events: readonly LeadEvent[], now: number): readonly number[] => {
  const occurred = [...new Set(events.map(({ occurredAt }) => occurredAt))]
    .filter((at) => at < now)
    .sort((a, b) => a - b);
  const first = occurred[0];
  if (first === undefined) return [now];
  const chosen = new Set(spread(occurred, MOST - 1));
  const room = MOST - 1 - chosen.size;
  for (let step = 1; step <= room; step += 1)
    chosen.add(Math.round(first + ((now - first) * step) / (room + 1)));
  chosen.add(now);
  return [...chosen].sort((a, b) => a - b);
};

/** So many of a list, evenly by place, the first and the last among them. */
const spread = (list: readonly number[], most: number): readonly number[] => {
  if (list.length <= most) return list;
  return Array.from(
    { length: most },
    (_, place) => list[Math.round((place * (list.length - 1)) / (most - 1))] ?? 0,
  );
};
