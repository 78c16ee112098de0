import type { LeadPage } from '../../../core/view.ts';

type LeadContribution = LeadPage['contributions'][number];

/** One step of the waterfall: from where the sum stood to where it stands after it, in points. */
export interface Step {
  readonly kind: 'contribution' | 'held' | 'score' | 'total';
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly contribution?: LeadContribution;
  /** What a person reads where no rule's contribution stands behind the step. */
  readonly note?: string;
}

/** Below this a difference is rounding in the sixth decimal, not a step. */
const NOTHING = 0.000_01;

const asNumber = (score: LeadPage['scores'][string]): number =>
  typeof score === 'number' ? score : Math.max(0, ...Object.values(score));

/**
 * The way from nothing to the total: each score's contributions, largest first, what its groups and limits hold
 * back, and last what weights and the total's own limit change. The steps join: each begins where the one before
 * ended, and the last ends at the total, exactly.
 */
export function waterfallSteps(lead: Pick<LeadPage, 'contributions' | 'scores' | 'total'>): readonly Step[] {
  const steps: Step[] = [];
  let sum = 0;
  const add = (step: Omit<Step, 'from' | 'to'>, points: number): void => {
    steps.push({ ...step, from: sum, to: sum + points });
    sum += points;
  };
  for (const [score, value] of Object.entries(lead.scores)) {
    const start = sum;
    const own = lead.contributions
      .filter((each) => each.score === score)
      .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
    for (const each of own)
      add(
        {
          kind: 'contribution',
          label: each.key ? `${each.rule} (${each.key})` : each.rule,
          contribution: each,
        },
        each.points,
      );
    const held = asNumber(value) - (sum - start);
    if (Math.abs(held) > NOTHING)
      add({ kind: 'held', label: 'Limits', note: `What the groups and limits of ${score} change.` }, held);
    steps.push({ kind: 'score', label: score, from: start, to: sum });
  }
  const rest = lead.total - sum;
  if (Math.abs(rest) > NOTHING)
    add(
      {
        kind: 'held',
        label: 'Weights and limit',
        note: 'What the weights and the limit of the total change.',
      },
      rest,
    );
  steps.push({ kind: 'total', label: 'Total', from: 0, to: lead.total });
  return steps;
}
