import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { AccountHistory } from '../../core/history.ts';
import { type Content, type LeadLog, type Replay, replayOf } from '../../core/engine/replay.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Part } from './by-lead.ts';
import type { Somebody } from './crowd.ts';
import { CHANGED, DOUBLES, HEAD, SPELLED, WORDS } from './record.ts';
import type { ScoredLead } from './rows.ts';
import { Sorted } from './sorted.ts';

/** What all parts of one crowd are scored by; plain data. */
export interface Scored {
  readonly scoring: Scoring & { readonly hash: string };
  /** UTC milliseconds. */
  readonly at: number;
  /** As the crowd numbers them. */
  readonly sayings: readonly string[];
  readonly changed: readonly string[];
  /** `group` messages by account; null where rules look at none. */
  readonly accounts: ReadonlyMap<string, readonly LeadEvent[]> | null;
}

/** All but since when. */
type Told = Omit<Evaluation, 'bandSince'>;

/** Different sayings that were spelled out and are remembered at once. */
const SPELLED_OUT = 20_000;

/** Scores the leads of one part after the other. */
export class Scorer {
  readonly #given: Scored;
  /** By number: what the crowd numbered, what it changed, what was spelled out. */
  #contents: Content[] = [];
  #spelled = new Map<string, number>();
  #replay: Replay;
  /** Columns of one lead after the other. */
  #at = new Float64Array(256);
  #content = new Uint32Array(256);

  constructor(given: Scored) {
    this.#given = given;
    this.#replay = replayOf(given.scoring, this.#contents);
  }

  /** Everyone of a part, in the order of their places. @param people by place, the first one of the part first */
  *score(part: Part, people: readonly Somebody[]): Generator<ScoredLead> {
    const sorted = new Sorted(part);
    const { bytes, words, doubles } = sorted.views;
    const idOf = (row: number): string => {
      const offset = sorted.offsets[row] as number;
      const start = offset + HEAD;
      return bytes.toString('utf8', start, start + (words[(offset >> 2) + WORDS.id] as number));
    };
    for (const [n, person] of people.entries()) {
      if (this.#spelled.size > SPELLED_OUT) this.#forget();
      const { from, to } = sorted.lead(n);
      if (to - from > this.#at.length) {
        this.#at = new Float64Array(2 * (to - from));
        this.#content = new Uint32Array(2 * (to - from));
      }
      const [at, content] = [this.#at, this.#content];
      for (let row = from; row < to; row += 1) {
        const offset = sorted.offsets[row] as number;
        at[row - from] = doubles[(offset >> 3) + DOUBLES.at] as number;
        content[row - from] = this.#numberOf(sorted, offset);
      }
      const log: LeadLog = { at, content, from: 0, to: to - from };
      yield scoredLead(
        person,
        this.#evaluate(log, (row) => idOf(from + row)),
      );
    }
  }

  #forget(): void {
    this.#contents = [];
    this.#spelled = new Map();
    this.#replay = replayOf(this.#given.scoring, this.#contents);
  }

  /** The number of what a record says, which is read when it is first met. */
  #numberOf({ views: { bytes, words } }: Sorted, offset: number): number {
    const { sayings, changed } = this.#given;
    const word = offset >> 2;
    const said = words[word + WORDS.saying] as number;
    if (said === SPELLED) {
      const start = offset + HEAD + (words[word + WORDS.id] as number);
      const text = bytes.toString('utf8', start, offset + (words[word + WORDS.length] as number));
      const known = this.#spelled.get(text);
      if (known !== undefined) return known;
      const number = sayings.length + changed.length + this.#spelled.size;
      this.#contents[number] = JSON.parse(text) as Content;
      this.#spelled.set(text, number);
      return number;
    }
    const number = said < CHANGED ? said : sayings.length + said - CHANGED;
    this.#contents[number] ??= JSON.parse(
      (said < CHANGED ? sayings[said] : changed[said - CHANGED]) ?? '',
    ) as Content;
    return number;
  }

  #evaluate(log: LeadLog, idOf: (row: number) => string): Told {
    const { at, accounts } = this.#given;
    if (!accounts) return this.#replay.evaluate(log, at, idOf);
    const told = this.#replay
      .accountIds(log, at)
      .map((id): AccountHistory => ({ id, events: accounts.get(id) ?? [] }));
    return this.#replay.evaluate({ ...log, accounts: told }, at, idOf);
  }
}

function scoredLead(person: Somebody, evaluation: Told): ScoredLead {
  const { scores, total, band, grade, group, qualified, contributions, nextChange } = evaluation;
  return {
    userId: person.userId,
    anonymousIds: person.anonymousIds,
    email: person.email,
    scores,
    total,
    band,
    grade,
    group,
    qualified,
    contributions: contributions.map(({ why: _, ...contribution }) => contribution),
    nextChange,
  };
}
