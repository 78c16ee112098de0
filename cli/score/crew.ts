import type { Crowd } from './crowd.ts';
import { createHand, type Done, type Hand } from './jobs.ts';
import type { Shown } from './rows.ts';
import type { Scored } from './scorer.ts';
import { startThread, threads } from './threads.ts';

/** Bytes of records for which more than one thread is worth its start. */
const WORTH = 8 * 1024 * 1024;
/** Parts that each thread has at once, so that it never waits for the next. */
const AHEAD = 2;

/** Those who do the work: this thread where there is little to do or no other core, else threads of their own. */
export class Crew {
  #threads: Hand[] = [];

  /** One of them. @param much whether there is much to do */
  one(much: boolean): Hand {
    if (!much || threads() === 1) return createHand();
    return (this.#threads[0] ??= startThread());
  }

  all(much: boolean): readonly Hand[] {
    if (!much || threads() === 1) return [createHand()];
    while (this.#threads.length < threads()) this.#threads.push(startThread());
    return this.#threads;
  }

  end(): void {
    for (const thread of this.#threads) thread.end();
    this.#threads = [];
  }
}

/** What the leads of a crowd come to, part by part, in the order of their names. */
export async function* scored(crowd: Crowd, crew: Crew, given: Scored, json: boolean): AsyncGenerator<Shown> {
  const hands = crew.all(crowd.bytes > WORTH);
  for (const hand of hands) await hand.perform({ do: 'prepare', given, json });
  const waiting: (Done | Promise<Done>)[] = [];
  let next = 0;
  for (const { part, people } of crowd.parts()) {
    const hand = hands[next++ % hands.length];
    if (hand) waiting.push(hand.perform({ do: 'score', part, people }));
    if (waiting.length < AHEAD * hands.length && hands.length > 1) continue;
    const done = await waiting.shift();
    if (done?.shown) yield done.shown;
  }
  for (const one of waiting) {
    const { shown } = await one;
    if (shown) yield shown;
  }
}
