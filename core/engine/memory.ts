import { Listed } from './listed.ts';
import type { Plan } from './plan.ts';
import { Retained } from './retained.ts';
import type { Run } from './run.ts';
import { Counter, Tally } from './tally.ts';

/** The smallest memory that is enough for a plan. */
export function createRun(plan: Plan): Run {
  const inOrder = plan.oncePerMs > 0 || plan.every > 1 || plan.burst !== null;
  if (plan.retained && inOrder)
    return new Retained(plan, () => createRun({ ...plan, retained: false, expiry: () => Infinity }));
  const ends = plan.retained || plan.withinMs !== Infinity || (plan.decay.kind === 'fade' && !plan.worth);
  if (ends || plan.distinct) return new Listed(plan);
  return plan.worth ? new Counter(plan) : new Tally(plan);
}
