import type { Engine } from '../engine/compile.ts';
import type { AttributeView } from '../engine/match.ts';
import type { Crossing } from '../engine/replay.ts';
import type { Evaluation, Standing } from '../evaluation.ts';
import type { History } from '../history.ts';
import type { JourneyView } from '../nurture/condition.ts';
import type { Answers } from './answers.ts';

/** A lead as journeys ask about it, under one ruleset. Most ask little, so everything is found out only when asked for. */
export interface Person {
  readonly id: string;
  readonly answers: Answers;
  readonly crossings: readonly Crossing[];
  /** What a condition sees at an instant, UTC milliseconds, of a lead that entered at another. */
  view(entered: number, at: number): JourneyView;
  attributes(at: number): AttributeView;
}

/**
 * @param crossings every change of the standing until `until`, UTC milliseconds; later, nothing happens but what
 *   happens by itself
 */
export function personOf(
  engine: Pick<Engine, 'evaluate' | 'attributes' | 'account'>,
  lead: { readonly id: string; readonly answers: Answers; readonly crossings: readonly Crossing[] },
  readHistory: () => History,
  until: number,
): Person {
  const history = once(readHistory);
  const said = once((): History => ({
    ...history(),
    events: history().events.filter(({ type }) => type === 'identify' || type === 'group'),
  }));
  const evaluations = new Map<number, Evaluation>();
  const evaluated = (at: number): Evaluation => {
    const found = evaluations.get(at) ?? engine.evaluate(history(), at);
    evaluations.set(at, found);
    return found;
  };
  const standing = (at: number): Standing => {
    if (at > until) return evaluated(at);
    return lead.crossings.findLast((crossing) => crossing.at <= at)?.to ?? evaluated(at);
  };
  const attributes = (at: number): AttributeView => ({
    lead: engine.attributes(said(), at),
    account: engine.account(said(), at)?.attributes ?? {},
  });
  return {
    ...lead,
    attributes,
    view: (entered, at) => ({
      standing: {
        ...standing(at),
        get scores() {
          return evaluated(at).scores;
        },
        get total() {
          return evaluated(at).total;
        },
      },
      get attributes() {
        return attributes(at);
      },
      get events() {
        return history().events.filter(({ occurredAt }) => occurredAt > entered && occurredAt <= at);
      },
      now: at,
    }),
  };
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => (known ??= { value: read() }).value;
}
