import type { Journey } from '../schema/journey.ts';
import type { JourneyStep } from '../schema/journey-step.ts';
import { branchesOf, branchPrefix, stepId } from './parts.ts';

/** A step that a newer version of a journey has no more. */
export interface RemovedStep {
  /** Its place in the older version: `3.then.1`. */
  readonly id: string;
  readonly step: JourneyStep;
}

/**
 * What a step is to whoever comes to it: another text of a `notify`, another condition or another time to wait change a
 * step; another mail is another step.
 */
const kindOf = (step: JourneyStep): string => {
  if ('wait' in step) return 'wait';
  if ('send' in step) return `send ${step.send}`;
  if ('if' in step) return 'if';
  if ('split' in step) return 'split';
  if ('set' in step) return `set ${Object.keys(step.set).sort().join(' ')}`;
  if ('notify' in step) return `notify ${step.notify}`;
  if ('webhook' in step) return `webhook ${step.webhook}`;
  return 'handoff' in step ? 'handoff' : 'exit';
};

type Placed = RemovedStep;

/** What is in one version and not in the other, each with its place there. */
interface Left {
  readonly gone: Placed[];
  readonly come: Placed[];
}

/**
 * The steps that a change of a journey removes, in the order of the file; of a step inside a removed one only the outer is
 * named. A step that stands elsewhere now has moved, and is not removed.
 */
export const removedSteps = (before: Journey, after: Journey): readonly RemovedStep[] => {
  const left: Left = { gone: [], come: [] };
  compare(before.steps, '', after.steps, '', left);
  const come = left.come.map(({ step }) => kindOf(step));
  const removed = left.gone.filter(({ step }) => {
    const at = come.indexOf(kindOf(step));
    if (at >= 0) come.splice(at, 1);
    return at < 0;
  });
  return removed.filter(({ id }) => !removed.some((outer) => id.startsWith(`${outer.id}.`)));
};

/** Holds two lists of steps against each other, and what is inside those that are in both. */
const compare = (
  old: readonly JourneyStep[],
  oldPrefix: string,
  next: readonly JourneyStep[],
  nextPrefix: string,
  left: Left,
): void => {
  const pairs = inBoth(old, next);
  const [kept, found] = [new Set(pairs.map(([from]) => from)), new Set(pairs.map(([, to]) => to))];
  for (const [from, to] of pairs) {
    const [was, is] = [old[from], next[to]];
    if (was === undefined || is === undefined) continue;
    const [oldId, nextId] = [stepId(oldPrefix, from), stepId(nextPrefix, to)];
    const ways = new Map(branchesOf(is).map(([branch, steps]) => [branch.at(-1), { branch, steps }]));
    for (const [branch, steps] of branchesOf(was)) {
      const way = ways.get(branch.at(-1));
      ways.delete(branch.at(-1));
      compare(
        steps,
        branchPrefix(oldId, branch),
        way?.steps ?? [],
        branchPrefix(nextId, way?.branch ?? branch),
        left,
      );
    }
    for (const { branch, steps } of ways.values()) compare([], '', steps, branchPrefix(nextId, branch), left);
  }
  old.forEach((step, index) => {
    if (!kept.has(index)) left.gone.push(...withInner(step, stepId(oldPrefix, index)));
  });
  next.forEach((step, index) => {
    if (!found.has(index)) left.come.push(...withInner(step, stepId(nextPrefix, index)));
  });
};

const withInner = (step: JourneyStep, id: string): Placed[] => [
  { id, step },
  ...branchesOf(step).flatMap(([branch, steps]) =>
    steps.flatMap((inner, index) => withInner(inner, stepId(branchPrefix(id, branch), index))),
  ),
];

/** A pair counts so much more than that its steps are the same to the letter. */
const PAIR = 1_000;

/** The longest pairing of two lists that crosses nowhere, by the kind of step: places in the one and in the other. */
const inBoth = (old: readonly JourneyStep[], next: readonly JourneyStep[]): [number, number][] => {
  const worth = (from: number, to: number): number => {
    const [was, is] = [old[from], next[to]];
    if (was === undefined || is === undefined || kindOf(was) !== kindOf(is)) return 0;
    return PAIR + (JSON.stringify(was) === JSON.stringify(is) ? 1 : 0);
  };
  const best = Array.from({ length: old.length + 1 }, () => Array<number>(next.length + 1).fill(0));
  const at = (from: number, to: number): number => best[from]?.[to] ?? 0;
  for (let from = old.length - 1; from >= 0; from -= 1)
    for (let to = next.length - 1; to >= 0; to -= 1) {
      const paired = worth(from, to);
      const row = best[from];
      if (row === undefined) continue;
      row[to] = Math.max(
        at(from + 1, to),
        at(from, to + 1),
        paired === 0 ? 0 : paired + at(from + 1, to + 1),
      );
    }
  const pairs: [number, number][] = [];
  for (let from = 0, to = 0; from < old.length && to < next.length;) {
    const paired = worth(from, to);
    if (paired > 0 && at(from, to) === paired + at(from + 1, to + 1)) pairs.push([from++, to++]);
    else if (at(from, to) === at(from + 1, to)) from += 1;
    else to += 1;
  }
  return pairs;
};
