import { blueprintOf } from '../../core/engine/blueprint.ts';
import { Fold } from '../../core/engine/fold.ts';
import { hearingOf } from '../../core/engine/hearing.ts';
import { isRuleEvent } from '../../core/engine/match.ts';
import { Reader } from '../../core/engine/numbers.ts';
import { replayOf } from '../../core/engine/replay.ts';
import { median } from '../median.ts';
import { DAY } from '../../core/duration.ts';
import { END, type Store, storeOf } from './events.ts';
import { sixtyRules } from './rules.ts';

const LEADS = 100_000;
const EVENTS = 5_000_000;

/** Everyone's state after all events, and all scores from it; nothing is walked through time. */
function folded({ contents, at, content, starts }: Store): number {
  const blueprint = blueprintOf(sixtyRules());
  const said = contents.map((one) => ({ id: '', occurredAt: 0, ...one }));
  const heard = said.map((event) => (isRuleEvent(event) ? hearingOf(blueprint, event) : null));
  let sum = 0;
  for (let lead = 0; lead + 1 < starts.length; lead += 1) {
    const fold = new Fold(blueprint, [], false);
    const end = starts[lead + 1] ?? 0;
    for (let row = starts[lead] ?? 0; row < end; row += 1) {
      const number = content[row] ?? 0;
      const hearing = heard[number];
      if (hearing) fold.hear(hearing, at[row] ?? 0, '');
      else {
        const event = said[number];
        if (event) fold.take(event);
      }
    }
    fold.passTo(END);
    fold.settle(END);
    sum += new Reader(blueprint, fold).at(END)[blueprint.scores.length] ?? 0;
  }
  return sum;
}

/** Everyone's standing walked through time, as `kindling plan` does. */
function walked({ contents, at, content, starts }: Store, leads: number): number {
  const replay = replayOf(sixtyRules(), contents);
  let qualified = 0;
  for (let lead = 0; lead < leads; lead += 1) {
    const log = { at, content, from: starts[lead] ?? 0, to: starts[lead + 1] ?? 0 };
    if (replay.lead(log, END - 30 * DAY, END).qualified) qualified += 1;
  }
  return qualified;
}

const timed = (count: number, run: () => unknown): number => {
  const start = performance.now();
  run();
  return (count / (performance.now() - start)) * 1000;
};

/** Folding 5M events of 100k leads, sorted by lead, under sixty rules, on one core. */
export async function fold(): Promise<Record<string, number>> {
  const store = await Promise.resolve(storeOf(LEADS, EVENTS));
  const few = LEADS / 10;
  const events = store.starts[few] ?? 0;
  walked(store, 1000);
  const folds = [1, 2, 3].map(() => timed(EVENTS, () => folded(store)));
  const walks = [1, 2, 3].map(() => timed(events, () => walked(store, few)));
  return {
    'events/s folded into state and scores (at least 1,500,000)': median(folds),
    'events/s with every standing walked through time': median(walks),
  };
}
