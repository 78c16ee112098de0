import type { LeadPage } from '../../../core/view/lead.ts';

type LeadContribution = LeadPage['contributions'][number];
type Adjusted = LeadPage['adjustments'][number];
type Scored = Pick<LeadPage, 'contributions' | 'adjustments' | 'scores' | 'weights' | 'total'>;

/** One step of the waterfall: from where the sum stood to where it stands after it, in points. */
export interface Step {
  readonly kind: 'contribution' | 'by-hand' | 'held' | 'score' | 'total';
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly contribution?: LeadContribution;
  readonly adjusted?: Adjusted;
  /** What a person reads where neither a rule nor a person stands behind the step. */
  readonly note?: string;
}

/** Below this a difference is rounding in the sixth decimal, not a step. */
const NOTHING = 0.000_01;

/** A keyed score's key that has most; null where none has more than 0. */
const bestKey = (keys: Readonly<Record<string, number>>): string | null =>
  Object.entries(keys)
    .filter(([, points]) => points > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? null;

/**
 * The way from nothing to the total: each score's contributions and what people gave or took, largest first, what its
 * groups and limits hold back, and last what the total's own limit changes. The steps join: each begins where the one
 * before ended, and the last ends at the total, exactly. Scores that are no part of the total are not here.
 */
export function waterfallSteps(lead: Scored): readonly Step[] {
  const steps: Step[] = [];
  let sum = 0;
  const add = (step: Omit<Step, 'from' | 'to'>, points: number): void => {
    steps.push({ ...step, from: sum, to: sum + points });
    sum += points;
  };
  for (const [score, weight] of Object.entries(lead.weights)) {
    const value = lead.scores[score];
    if (value === undefined) continue;
    const start = sum;
    const { points, key } = entering(value, weight);
    for (const step of given(lead, score, key)) add(step.step, step.points);
    const held = points - (sum - start);
    if (Math.abs(held) > NOTHING)
      add({ kind: 'held', label: 'Limits', note: `What the groups and limits of ${score} change.` }, held);
    if (typeof weight === 'number' && weight !== 1)
      add(
        { kind: 'held', label: `Counts ${weight} times`, note: `${score} enters the total ${weight} times.` },
        points * (weight - 1),
      );
    steps.push({ kind: 'score', label: key === null ? score : `${score}: ${key}`, from: start, to: sum });
  }
  const rest = lead.total - sum;
  if (Math.abs(rest) > NOTHING)
    add({ kind: 'held', label: 'Limit', note: 'What the limit of the total changes.' }, rest);
  steps.push({ kind: 'total', label: 'Total', from: 0, to: lead.total });
  return steps;
}

/** What a score brings into the total before its weight, and by which of its keys, where it is by one. */
const entering = (
  value: LeadPage['scores'][string],
  weight: number | 'max' | 'sum',
): { readonly points: number; readonly key: string | null } => {
  if (typeof value === 'number') return { points: value, key: null };
  if (weight === 'sum') return { points: Object.values(value).reduce((a, b) => a + b, 0), key: null };
  const key = bestKey(value);
  return { points: key === null ? 0 : (value[key] ?? 0), key };
};

/** What rules and people gave one score, or one key of it, the largest first. */
export const given = (
  { contributions, adjustments }: Pick<Scored, 'contributions' | 'adjustments'>,
  score: string,
  key: string | null,
): readonly { readonly step: Omit<Step, 'from' | 'to'>; readonly points: number }[] =>
  [
    ...contributions
      .filter((each) => each.score === score && (key === null || each.key === key))
      .map((each) => ({
        step: {
          kind: 'contribution' as const,
          label: key === null && each.key ? `${each.rule} (${each.key})` : each.rule,
          contribution: each,
        },
        points: each.points,
      })),
    ...adjustments
      .filter((each) => each.counts && each.score === score && (key === null || each.key === key))
      .map((each) => ({
        step: { kind: 'by-hand' as const, label: each.why || 'By hand', adjusted: each },
        points: each.points,
      })),
  ].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
