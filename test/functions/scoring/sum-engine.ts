import type { LeadEvent } from '../../../core/event.ts';
import type { History } from '../../../core/history.ts';
import type { LiveRuleset } from '../../../functions/ports.ts';

const pointsOf = (event: LeadEvent): number => Number(event.properties.points ?? 0);

/** Events by id, each once, in a time range (`after` excluded). */
const existing = (history: History, after: number, until: number): LeadEvent[] => [
  ...new Map(history.events.map((event) => [event.id, event])).values(),
].filter(({ occurredAt }) => occurredAt > after && occurredAt <= until); // prettier-ignore

const sum = ({ snapshot, ...history }: History, until: number): number =>
  existing(history, snapshot?.watermark ?? -Infinity, until).reduce(
    (total, event) => total + pointsOf(event),
    Number(snapshot?.state ?? 0),
  );

/**
 * A ruleset whose total is the sum of `points` of all events. Give each event a power of two, and the total tells
 * which of them were counted, and how often.
 */
export const sumRuleset = ({
  hot = Infinity,
  lateness,
}: { hot?: number; lateness?: '15m' } = {}): LiveRuleset => ({
  hash: 'sum',
  epoch: 1,
  at: 0,
  readsAccounts: false,
  startedByEvents: [],
  scoring: {
    settings: { ...(lateness === undefined ? {} : { lateness }) },
    scores: {},
    bands: {},
  } as unknown as LiveRuleset['scoring'],
  engine: {
    hash: 'sum',
    bands: [],
    evaluate: (history, now) => {
      const total = sum(history, now);
      const band = total >= hot ? 'hot' : 'cold';
      return {
        at: now,
        scores: { sum: total },
        total,
        band,
        grade: null,
        group: null,
        qualified: band === 'hot',
        bandSince: 0,
        contributions: [],
        nextChange: null,
      };
    },
    snapshot: (history, watermark) => ({ ruleset: 'sum', watermark, state: sum(history, watermark) }),
    attributes: (history, now) =>
      Object.assign({}, ...existing(history, -Infinity, now).map(({ traits }) => traits ?? {})) as Record<
        string,
        string
      >,
    account: () => null,
    accountIds: () => [],
    trace: () => [],
  },
});
