import { WEEK } from '../duration.ts';
import { bandsOf } from '../engine/standing.ts';
import type { Replayed } from '../engine/replay.ts';
import type { History } from '../history.ts';
import { createAccountReplay } from './accounts.ts';
import { type Answers, answersIn } from './answers.ts';
import { differenceOf } from './difference.ts';
import {
  type HistoryAccounts,
  type HistoryChunk,
  type HistoryLead,
  knownStanding,
  type LeadState,
  logOf,
} from './history.ts';
import { createJudgement, judgedOf, type Judgement, outcomeOf } from './judge.ts';
import { createMoves } from './moves.ts';
import {
  type Beginner,
  handoffsOf,
  isHandedOver,
  journeysAtOnce,
  journeysOf,
  nurtureRules,
  stateOf,
} from './nurture.ts';
import { accountIdOf, type Both, createReplays, type HashedRuleset } from './replays.ts';
import type { Impact, Rate } from './report.ts';
import { createTop, eventsOf, weightsOf } from './top.ts';

export interface ImpactOptions {
  readonly base: HashedRuleset;
  readonly head: HashedRuleset;
  /** As of when, UTC milliseconds. */
  readonly at: number;
  /** How far back weeks and outcomes are counted, UTC milliseconds. */
  readonly since: number;
  readonly accounts: HistoryAccounts;
  /** Told of every journey that somebody begins because of the account. */
  readonly onJourney?: (lead: string, journey: string) => void;
  /** Told of every lead that moves, with what begins for it. */
  readonly onLead?: (lead: HistoryLead, was: Replayed, is: Replayed, begins: Begins) => void;
  /** Collects what both make of leads that sales decided on. @default one of its own */
  readonly judgement?: Judgement;
}

/** What deploying begins for a lead. */
export interface Begins {
  readonly handoff: boolean;
  readonly journeys: readonly string[];
}

/** What a change of rules does to the leads of a history, chunk by chunk; any order of chunks and leads. */
export interface ImpactReplay {
  take(chunk: HistoryChunk): void;
  /** @param neverFired rules of the new ruleset that nothing in the history matched */
  result(neverFired: readonly string[]): Impact;
}

/** Counts of what is sent: at once, and in the weeks behind under each ruleset. */
class Sent {
  now = 0;
  before = 0;
  after = 0;
  rate(weeks: number): Rate {
    const each = (count: number): number => Math.max(0, Math.round((count / weeks) * 100) / 100);
    return { now: this.now, perWeekBefore: each(this.before), perWeekAfter: each(this.after) };
  }
}

export function createImpact({
  base,
  head,
  at,
  since,
  accounts: known,
  onLead,
  onJourney,
  judgement = createJudgement(),
}: ImpactOptions): ImpactReplay {
  const difference = differenceOf(base, head);
  const replays = createReplays({ base, head }, difference, known);
  const rules = { base: nurtureRules(base), head: nurtureRules(head) };
  const sameNurture = JSON.stringify(rules.base) === JSON.stringify(rules.head);
  const moves = createMoves(namesOf(base), namesOf(head));
  const lowest = [namesOf(base)[0] ?? '', namesOf(head)[0] ?? ''] as const;
  const accounts = createAccountReplay(base, head, known, rules.head, at, (lead, journey) => {
    countJourney(journey);
    onJourney?.(lead, journey);
  });
  const addsUp = base.accounts !== undefined || head.accounts !== undefined;
  const top = createTop(replays.base, replays.head, weightsOf(head.bands), at);

  const handoffs = new Sent();
  const mails = new Sent();
  const journeys = new Map(
    [...new Set([...Object.keys(base.journeys), ...Object.keys(head.journeys)])]
      .sort()
      .map((name) => [name, new Sent()]),
  );
  const qualified = { before: 0, after: 0, enter: 0, leave: 0 };
  let [leads, events, touched, first] = [0, 0, 0, at];

  const add = (sent: Sent | undefined, side: 'before' | 'after', count: number): void => {
    if (sent) sent[side] += count;
  };
  const inWeeks = (instants: readonly { readonly at: number }[]): number =>
    instants.filter(({ at: instant }) => instant >= since && instant <= at).length;
  /**
   * What was sent in the weeks behind: what the product did, where that is known, else what the old rules would have
   * done; and under the new ones so much more or less as the two replays differ.
   */
  const countPast = (state: LeadState | null, answers: Answers, before: Replayed, after: Replayed): void => {
    const was = handoffsOf(before.crossings, answers, rules.base);
    const is = handoffsOf(after.crossings, answers, rules.head);
    const did = state ? inWeeks(state.handoffs) : inWeeks(was);
    add(handoffs, 'before', did);
    add(handoffs, 'after', did + inWeeks(is) - inWeeks(was));
    const entered = [
      journeysOf(before.crossings, answers, rules.base, at).entered,
      journeysOf(after.crossings, answers, rules.head, at).entered,
    ] as const;
    for (const [name, sent] of journeys) {
      const [old, next] = entered.map((list) => inWeeks(list.filter(({ journey }) => journey === name)));
      const known = state?.journeys[name];
      const begun = state ? inWeeks(known ? [known] : []) : (old ?? 0);
      for (const each of [mails, sent]) {
        add(each, 'before', begun);
        add(each, 'after', begun + (next ?? 0) - (old ?? 0));
      }
    }
  };
  /** Of a lead that the change cannot have reached. */
  const countKnown = ({ handoffs: made, journeys: begun }: LeadState): void => {
    const did = inWeeks(made);
    for (const side of ['before', 'after'] as const) {
      add(handoffs, side, did);
      for (const [name, entry] of Object.entries(begun)) {
        const sent = journeys.get(name);
        if (!sent || inWeeks([entry]) === 0) continue;
        add(mails, side, 1);
        add(sent, side, 1);
      }
    }
  };

  const countJourney = (name: string): void => {
    mails.now += 1;
    const sent = journeys.get(name);
    if (sent) sent.now += 1;
  };

  const beginnerOf = (
    chunk: HistoryChunk,
    lead: HistoryLead,
    answers: Answers,
    before: Replayed,
    account: Both['accountAfter'],
  ): Beginner => {
    const history = (): History => ({
      events: eventsOf(chunk, lead),
      ...(account !== null && typeof account !== 'string' && { account }),
    });
    return {
      id: lead.id,
      addressed: lead.state ? lead.email !== null : answers.addressed <= at,
      state: lead.state ?? stateOf(before.crossings, answers, rules.base, at),
      view: () => ({
        lead: replays.head.attributes(history(), at),
        account: replays.head.account(history(), at)?.attributes ?? {},
      }),
    };
  };
  const beginsOf = (lead: Beginner, before: Replayed, after: Replayed): Begins => ({
    handoff: after.qualified && !before.qualified && isHandedOver(lead.state, rules.head, at),
    journeys: journeysAtOnce(before, after, lead, rules.head, at),
  });

  const take = (chunk: HistoryChunk): void => {
    const reader = replays.open(chunk.contents);
    const answersOf = answersIn(chunk);
    for (const lead of chunk.leads) {
      const rows = rowsUntil(chunk, lead, at);
      // Who has done nothing yet is nobody, unless the product knows of them.
      if (rows === 0 && lead.state === null) continue;
      leads += 1;
      events += rows;
      if (rows > 0) first = Math.min(first, chunk.at[lead.from] ?? at);
      const log = logOf(chunk, lead);
      const answers = answersOf(lead, at);
      const outcome = outcomeOf(answers, since);
      const known = sameNurture && !addsUp && !outcome ? knownStanding(lead, base.hash, at) : null;
      if (known && lead.state && !reader.touches(log)) {
        moves.add(known.band, known.band);
        for (const side of ['before', 'after'] as const) if (known.qualified) qualified[side] += 1;
        countKnown(lead.state);
        continue;
      }
      const both = reader.lead(log, at);
      const { before, after, accountBefore, accountAfter } = both;
      moves.add(before.band, after.band);
      if (before.qualified) qualified.before += 1;
      if (after.qualified) qualified.after += 1;
      if (addsUp) {
        accounts.add(accountIdOf(accountBefore), before, 'before');
        accounts.add(accountIdOf(accountAfter), after, 'after');
      }
      countPast(lead.state, answers, before, after);
      const beginner = (): Beginner => beginnerOf(chunk, lead, answers, before, accountAfter);
      if (addsUp) accounts.addBeginner(accountIdOf(accountAfter), beginner);
      if (outcome) {
        const [was, is] = reader.points(log, both, outcome.at);
        judgement.add(
          outcome.by,
          judgedOf(outcome, before.crossings, lowest[0], was),
          judgedOf(outcome, after.crossings, lowest[1], is),
        );
      }
      if (!differs(before, after)) continue;
      touched += 1;
      if (before.qualified !== after.qualified) qualified[after.qualified ? 'enter' : 'leave'] += 1;
      const begins = beginsOf(beginner(), before, after);
      if (begins.handoff) handoffs.now += 1;
      for (const name of begins.journeys) countJourney(name);
      top.add(chunk, lead, typeof accountAfter === 'string' ? null : accountAfter, before, after);
      onLead?.(lead, before, after, begins);
    }
  };

  return {
    take,
    result: (neverFired) => {
      const from = Math.max(since, first);
      const weeks = Math.max(1, (at - from) / WEEK);
      // First, since it tells who begins a journey because of the account.
      const ofAccounts = accounts.result();
      return {
        at,
        since: from,
        leads,
        events,
        touched,
        rules: { ...difference, neverFired },
        bands: moves.result(),
        qualified,
        handoffs: handoffs.rate(weeks),
        mails: {
          ...mails.rate(weeks),
          journeys: Object.fromEntries([...journeys].map(([name, sent]) => [name, sent.rate(weeks)])),
        },
        accounts: ofAccounts,
        top: top.result(),
        quality: judgement.result(),
      };
    },
  };
}

const namesOf = ({ bands }: HashedRuleset): string[] => bandsOf(bands.bands).map(({ name }) => name);

const differs = (a: Replayed, b: Replayed): boolean =>
  a !== b &&
  (a.total !== b.total ||
    a.band !== b.band ||
    a.grade !== b.grade ||
    a.group !== b.group ||
    a.qualified !== b.qualified ||
    Object.keys({ ...a.scores, ...b.scores }).some(
      (name) => (a.scores[name] ?? 0) !== (b.scores[name] ?? 0),
    ));

/** How many of a lead's messages there are by an instant. */
function rowsUntil({ at }: HistoryChunk, { from, to }: HistoryLead, until: number): number {
  let rows = to;
  while (rows > from && (at[rows - 1] ?? 0) > until) rows -= 1;
  return rows - from;
}
