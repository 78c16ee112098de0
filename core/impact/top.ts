import { compareIds } from '../engine/order.ts';
import type { Engine } from '../engine/compile.ts';
import type { Replayed } from '../engine/replay.ts';
import type { Contribution } from '../evaluation.ts';
import type { LeadEvent } from '../event.ts';
import type { AccountHistory, History } from '../history.ts';
import type { Bands } from '../schema/bands.ts';
import type { HistoryChunk, HistoryLead } from './history.ts';
import type { TopLead } from './report.ts';

const MOST = 10;

/** Keeps the leads that move most. */
export interface Top {
  add(
    chunk: HistoryChunk,
    lead: HistoryLead,
    /** What is said of its accounts. */
    accounts: readonly AccountHistory[],
    before: Replayed,
    after: Replayed,
  ): void;
  result(): TopLead[];
}

interface Kept {
  readonly lead: HistoryLead;
  readonly history: History;
  readonly before: Replayed;
  readonly after: Replayed;
  readonly size: number;
}

/** Furthest first; of equally far ones by id. */
const further = (a: Pick<Kept, 'size' | 'lead'>, b: Pick<Kept, 'size' | 'lead'>): number =>
  b.size - a.size || compareIds(a.lead.id, b.lead.id);

/** @param weights how much a point of each score is worth in the new total */
export function createTop(base: Engine, head: Engine, weights: (score: string) => number, now: number): Top {
  const kept: Kept[] = [];
  const place = (bands: readonly { readonly name: string }[], band: string): number =>
    bands.findIndex(({ name }) => name === band);
  return {
    add: (chunk, lead, accounts, before, after) => {
      // Whole points first; where only thresholds moved, by bands.
      const bands = Math.abs(place(head.bands, after.band) - place(base.bands, before.band));
      const size = Math.abs(after.total - before.total) + bands / 1000;
      if (size === 0) return;
      const last = kept[MOST - 1];
      if (last && further({ size, lead }, last) > 0) return;
      const history = { events: eventsOf(chunk, lead), accounts };
      kept.push({ lead, history, before, after, size });
      kept.sort(further).splice(MOST);
    },
    result: () =>
      kept.map(({ lead, history, before, after }): TopLead => {
        const given = (engine: Engine): readonly Contribution[] =>
          engine.evaluate(history, now).contributions;
        return {
          lead: lead.id,
          email: lead.email,
          user: lead.user,
          before: { total: before.total, band: before.band, qualified: before.qualified },
          after: { total: after.total, band: after.band, qualified: after.qualified },
          ...responsible(given(base), given(head), after.total - before.total, weights),
        };
      }),
  };
}

/** The rule whose contribution moves the total furthest in the direction in which it went. */
function responsible(
  before: readonly Contribution[],
  after: readonly Contribution[],
  moved: number,
  weights: (score: string) => number,
): Pick<TopLead, 'rule' | 'points'> {
  const moves = new Map<string, number>();
  const add = ({ rule, score, points }: Contribution, sign: number): void =>
    void moves.set(rule, (moves.get(rule) ?? 0) + sign * points * weights(score));
  for (const contribution of before) add(contribution, -1);
  for (const contribution of after) add(contribution, 1);
  const direction = Math.sign(moved) || 1;
  const [first] = [...moves]
    .filter(([, points]) => Math.abs(points) >= 0.5e-6)
    .sort(([a, x], [b, y]) => direction * (y - x) || compareIds(a, b));
  return first ? { rule: first[0], points: first[1] } : { rule: null, points: 0 };
}

/** How much one point of a score moves the total. */
export const weightsOf = ({ total }: Pick<Bands, 'total'>): ((score: string) => number) => {
  const sum = total?.sum;
  return (score) => {
    if (!sum) return 1;
    const weight = Object.hasOwn(sum, score) ? sum[score] : 0;
    return typeof weight === 'number' ? weight : 1;
  };
};

/** The lead's rows as events; their ids order as the rows do. */
export const eventsOf = (
  chunk: HistoryChunk,
  { from, to }: Pick<HistoryLead, 'from' | 'to'>,
): LeadEvent[] => {
  const events: LeadEvent[] = [];
  for (let row = from; row < to; row += 1) {
    const content = chunk.contents[chunk.content[row] ?? -1];
    if (content)
      events.push({ id: String(row).padStart(9, '0'), occurredAt: chunk.at[row] ?? 0, ...content });
  }
  return events;
};
