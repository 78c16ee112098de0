import { DAY } from '../duration.ts';
import { branchesOf, branchPrefix, goalsOf, longestWait, stepId } from '../nurture/parts.ts';
import { looksOf } from '../nurture/wait.ts';
import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition } from '../schema/journey-condition.ts';
import type { JourneyStep, Wait } from '../schema/journey-step.ts';
import type { Path, Report } from './issues.ts';

/** A Standard execution of Step Functions ends after a year; some of it is left for retries and mails put off. */
const LONGEST_DAYS = 350;
/** Its history holds 25,000 entries; some are left for retries and mails put off. */
const MOST_ENTRIES = 20_000;
/** The place of a step is part of a mail's tag. */
const LONGEST_ID = 56;
/** Entries in the history of what a step is compiled to. */
const ENTRIES = { task: 5, choice: 2, wait: 2, pass: 2 } as const;
const LOOK = ENTRIES.task + ENTRIES.choice;

/** What the way that takes the most of each comes to. */
interface Most {
  readonly ms: number;
  readonly entries: number;
  /** Whether any way goes on behind. */
  readonly goesOn: boolean;
  /** Whether any way does anything. */
  readonly acts: boolean;
}

/**
 * Walks every way through a journey on virtual time, each list of steps once: what comes behind a choice depends on
 * nothing that was chosen. The language has no loop, so that no way is endless; told are steps that no way comes to,
 * ways that cannot be gone, and what is longer than a state machine lives.
 */
export function journeyPathProblems(journey: Journey, report: Report): void {
  const ends = [...goalsOf(journey), ...(journey.stop ?? [])];
  const { ms, entries, acts } = walkSteps(journey.steps, '', ['steps'], ends, report);
  const [first] = journey.steps;
  const lets = first !== undefined && 'wait' in first && typeof first.wait === 'string';
  // Only a plain wait gives a lead time to stand elsewhere before it is looked at.
  if (!lets && ends.some((one) => covers(one, journey.start as JourneyCondition)))
    report(
      ['start'],
      'nobody comes to its first step: whoever begins here has left, by its `goal` or `stop`',
    );
  if (!acts) report(['steps'], 'no way through it does anything: it only waits and ends');
  if (ms > LONGEST_DAYS * DAY) report(['steps'], `its waits add up to more than ${LONGEST_DAYS} days`);
  if (entries > MOST_ENTRIES)
    report(
      ['steps'],
      `its longest way makes ${entries} entries in the history of its state machine; ${MOST_ENTRIES} is the most`,
    );
}

const NOTHING: Most = { ms: 0, entries: 0, goesOn: true, acts: false };
const max = (a: Most, b: Most): Most => ({
  ms: Math.max(a.ms, b.ms),
  entries: Math.max(a.entries, b.entries),
  goesOn: a.goesOn || b.goesOn,
  acts: a.acts || b.acts,
});

function walkSteps(
  steps: readonly JourneyStep[],
  prefix: string,
  path: Path,
  ends: readonly JourneyCondition[],
  report: Report,
): Most {
  let sum = NOTHING;
  for (const [index, step] of steps.entries()) {
    if (!sum.goesOn) {
      report([...path, index], 'nothing comes to this step: every way ends before it');
      break;
    }
    const most = walkStep(step, stepId(prefix, index), [...path, index], ends, report);
    sum = {
      ms: sum.ms + most.ms,
      entries: sum.entries + most.entries,
      goesOn: most.goesOn,
      acts: sum.acts || most.acts,
    };
  }
  return sum;
}

function walkStep(
  step: JourneyStep,
  id: string,
  path: Path,
  ends: readonly JourneyCondition[],
  report: Report,
): Most {
  if (id.length > LONGEST_ID) {
    report(path, 'is nested too deep');
    return NOTHING;
  }
  if ('exit' in step) return { ...NOTHING, goesOn: false };
  if ('wait' in step) return { ...NOTHING, ...waited(step.wait) };
  if ('if' in step || 'split' in step) {
    if ('if' in step && ends.some((one) => covers(one, step.if)))
      report([...path, 'if'], 'no lead goes this way: the journey has ended where this holds');
    const branches = branchesOf(step);
    const walked = branches.map(([branch, inner]) =>
      walkSteps(inner, branchPrefix(id, branch), [...path, ...branch], ends, report),
    );
    const ways = 'if' in step ? 2 : Object.keys(step.split).length;
    const most = [...walked, ...(walked.length < ways ? [NOTHING] : [])].reduce(max);
    return { ...most, entries: most.entries + LOOK };
  }
  // A team is told by chat and by mail.
  const action =
    'notify' in step
      ? 2 * ENTRIES.task + ENTRIES.choice
      : ENTRIES.task + ('send' in step ? ENTRIES.choice : 0);
  return { ms: 0, entries: LOOK + action, goesOn: !('handoff' in step), acts: true };
}

const waited = (wait: Wait): Pick<Most, 'ms' | 'entries'> => {
  const ms = longestWait(wait);
  if (typeof wait === 'string') return { ms, entries: ENTRIES.wait };
  if ('until' in wait) return { ms, entries: LOOK + ENTRIES.wait };
  return { ms, entries: ENTRIES.pass + looksOf(Math.min(ms, 400 * DAY)) * (LOOK + ENTRIES.wait) };
};

/** Whether a journey that ends at one condition has ended wherever the other holds, as far as the two say so plainly. */
const covers = (end: JourneyCondition, condition: JourneyCondition): boolean => {
  if (JSON.stringify(end) === JSON.stringify(condition)) return true;
  const [one, other] = [Object.entries(end), Object.entries(condition)];
  const [key, wanted] = one[0] ?? [];
  const [key2, asked] = other[0] ?? [];
  if (one.length !== 1 || other.length !== 1 || key !== key2) return false;
  if (key !== 'band' && key !== 'group' && key !== 'grade') return false;
  return [asked as string | string[]].flat().every((name) => ([wanted].flat() as unknown[]).includes(name));
};
