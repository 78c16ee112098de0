import type { LeadEvent } from '../../../core/event.ts';
import { inOrder, type PlainLead, type PlainRules } from './facts.ts';
import { reach } from './matching.ts';

const DAY = 86_400_000;

/** A person's points, as a `score.adjusted` gives them. */
interface PlainAdjustment {
  readonly score: string;
  readonly key: string | undefined;
  readonly points: number;
  readonly until: number;
}

/** A bare date includes that day; null if it is no date. */
function untilOf(event: LeadEvent): number | null {
  const until = event.properties['until'] ?? null;
  if (until === null || until === '') return Infinity;
  if (typeof until !== 'string') return null;
  const at = Date.parse(until);
  if (Number.isNaN(at)) return null;
  return until.length === 10 ? at + DAY : at;
}

/** The instants at which manual points end. */
export const endings = (lead: PlainLead): readonly number[] =>
  lead.events.filter((event) => event.name === 'score.adjusted').map((event) => untilOf(event) ?? Infinity);

function adjustmentOf(rules: PlainRules, event: LeadEvent): PlainAdjustment | null {
  const { score: named, points } = event.properties;
  const until = untilOf(event);
  if (typeof named !== 'string' || typeof points !== 'number' || until === null) return null;
  const by = (score: string): string | null | undefined => {
    const file = rules.scores.find((one) => one['score'] === score);
    return file && ((file['by'] as string | undefined) ?? null);
  };
  if (by(named) === null) return { score: named, key: undefined, points, until };
  // The key stands beside it by the property's name, or behind the name of the score: `product: crm`.
  const property = by(named);
  const [score = '', ...rest] = property === undefined ? named.split(':') : [named];
  const key =
    property === undefined || property === null
      ? rest.join(':').trim()
      : (event.properties[property] ?? reach(event.properties, property.split('.'))[0]);
  return typeof by(score) === 'string' && typeof key === 'string' && key !== ''
    ? { score, key, points, until }
    : null;
}

/** Every adjustment that rules can take, made at or before `now`. */
export const adjustments = (rules: PlainRules, lead: PlainLead, now: number): readonly PlainAdjustment[] =>
  inOrder(lead.events)
    .filter((event) => event.name === 'score.adjusted' && event.occurredAt <= now)
    .flatMap((event) => adjustmentOf(rules, event) ?? []);
