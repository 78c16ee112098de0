import type { Journey } from '../schema/journey.ts';
import type { JourneyStep } from '../schema/journey-step.ts';
import { conditionInWords, startInWords, waitInWords } from './in-words.ts';
import { branchPrefix, stepId } from './parts.ts';

/** What stands at one place of a journey. */
export interface JourneyNode {
  /** The step's place, as claims and states name it; `start` and `end` beside. */
  readonly id: string;
  readonly kind: 'start' | 'wait' | 'send' | 'if' | 'split' | 'set' | 'tell' | 'handoff' | 'exit' | 'end';
  /** In words. */
  readonly text: string;
  /** The mail that it sends. */
  readonly email?: string;
}

/** From one place to the next. */
export interface JourneyEdge {
  readonly from: string;
  readonly to: string;
  /** Which way it is, where there are several. */
  readonly text?: string;
}

/** A journey as a drawing shows it. */
export interface JourneyGraph {
  readonly nodes: readonly JourneyNode[];
  readonly edges: readonly JourneyEdge[];
}

/** A way that leads on to whatever comes next. */
interface Loose {
  readonly from: string;
  readonly text?: string;
}

/** The places of a journey, in the order of the file, and what leads where. */
export const journeyGraph = (journey: Journey): JourneyGraph => {
  const nodes: JourneyNode[] = [
    { id: 'start', kind: 'start', text: `When a lead: ${startInWords(journey.start)}` },
  ];
  const edges: JourneyEdge[] = [];
  const heldOut = journey.hold_out;

  const join = (loose: readonly Loose[], to: string): void => {
    for (const { from, text } of loose) edges.push({ from, to, ...(text === undefined ? {} : { text }) });
  };

  /** Draws a list of steps, and answers what leads out of it. */
  const draw = (steps: readonly JourneyStep[], prefix: string, into: readonly Loose[]): readonly Loose[] =>
    steps.reduce<readonly Loose[]>((loose, step, index) => {
      const id = stepId(prefix, index);
      nodes.push(nodeOf(step, id));
      join(loose, id);
      return leaving(step, id);
    }, into);

  const leaving = (step: JourneyStep, id: string): readonly Loose[] => {
    if ('exit' in step || 'handoff' in step) return [];
    if ('if' in step)
      return [
        ...draw(step.then, branchPrefix(id, ['then']), [{ from: id, text: 'yes' }]),
        ...draw(step.else ?? [], branchPrefix(id, ['else']), [{ from: id, text: 'no' }]),
      ];
    if ('split' in step)
      return Object.entries(step.split).flatMap(([way, share]) =>
        draw(step.then[way] ?? [], branchPrefix(id, ['then', way]), [{ from: id, text: `${way} ${share}` }]),
      );
    return [{ from: id }];
  };

  const begins = { from: 'start', ...(heldOut === undefined ? {} : { text: `but ${heldOut} held out` }) };
  const loose = draw(journey.steps, '', [begins]);
  if (loose.length > 0) {
    nodes.push({ id: 'end', kind: 'end', text: 'End' });
    join(loose, 'end');
  }
  return { nodes, edges };
};

/** What a step does. @example stepInWords({ wait: '3d' }) // 'Wait 3 days' */
export const stepInWords = (step: JourneyStep): string => nodeOf(step, '').text;

const nodeOf = (step: JourneyStep, id: string): JourneyNode => {
  if ('wait' in step) return { id, kind: 'wait', text: waitInWords(step.wait) };
  if ('send' in step) return { id, kind: 'send', text: `Send “${step.send}”`, email: step.send };
  if ('if' in step) return { id, kind: 'if', text: `If ${conditionInWords(step.if)}` };
  if ('split' in step) return { id, kind: 'split', text: 'Split' };
  if ('set' in step)
    return {
      id,
      kind: 'set',
      text: `Set ${Object.entries(step.set)
        .map(([key, value]) => `${key} to ${value}`)
        .join(', ')}`,
    };
  if ('notify' in step) return { id, kind: 'tell', text: `Tell ${step.notify}` };
  if ('webhook' in step) return { id, kind: 'tell', text: `Call ${step.webhook}` };
  if ('handoff' in step) return { id, kind: 'handoff', text: 'Hand over to sales' };
  return { id, kind: 'exit', text: 'Leave' };
};
