import { WEEK } from '../duration.ts';
import { bandsOf } from '../engine/standing.ts';
import type { Replayed } from '../engine/replay.ts';
import type { History } from '../history.ts';
import { createAccountReplay } from './accounts.ts';
import { answersIn } from './answers.ts';
import { type Beginner, type Begun, begunByLead } from './begin.ts';
import { differenceOf } from './difference.ts';
import { isHandedOver } from './handoffs.ts';
import {
  type HistoryAccounts,
  type HistoryChunk,
  type HistoryLead,
  knownStanding,
  logOf,
} from './history.ts';
import { createJudgement, judgedOf, type Judgement, outcomeOf } from './judge.ts';
import { createMoves } from './moves.ts';
import { nurtureRules, startsOnAccounts } from './nurture.ts';
import { pastOf, type Past } from './past.ts';
import { personOf } from './person.ts';
import { createReplays, type HashedRuleset, type Placed } from './replays.ts';
import type { Impact } from './report.ts';
import { Sent } from './sent.ts';
import { eventStartsIn } from './starts.ts';
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
  readonly onBegun?: (lead: string, begun: Begun) => void;
  /** Told of every lead that moves, with what begins for it. */
  readonly onLead?: (lead: HistoryLead, was: Replayed, is: Replayed, begins: Begins) => void;
  /** Collects what both make of leads that sales decided on. @default one of its own */
  readonly judgement?: Judgement;
}

/** What deploying begins for a lead. */
export interface Begins {
  readonly handoff: boolean;
  readonly journeys: readonly Begun[];
}

/** What a change of rules does to the leads of a history, chunk by chunk; any order of chunks and leads. */
export interface ImpactReplay {
  take(chunk: HistoryChunk): void;
  /** @param neverFired rules of the new ruleset that nothing in the history matched */
  result(neverFired: readonly string[]): Impact;
}

export function createImpact({
  base,
  head,
  at,
  since,
  accounts: known,
  onLead,
  onBegun,
  judgement = createJudgement(),
}: ImpactOptions): ImpactReplay {
  const difference = differenceOf(base, head);
  const replays = createReplays({ base, head }, difference, known);
  const rules = { base: nurtureRules(base), head: nurtureRules(head) };
  const sameNurture = JSON.stringify(rules.base) === JSON.stringify(rules.head);
  const moves = createMoves(namesOf(base), namesOf(head));
  const lowest = [namesOf(base)[0] ?? '', namesOf(head)[0] ?? ''] as const;
  const sent = new Sent([...Object.keys(base.journeys), ...Object.keys(head.journeys)], since, at);
  const accounts = createAccountReplay(
    {
      before: { accounts: base.accounts, engine: replays.base, rules: rules.base },
      after: { accounts: head.accounts, engine: replays.head, rules: rules.head },
    },
    known,
    at,
    {
      begins: (lead, begun) => {
        sent.addBegun(begun);
        onBegun?.(lead, begun);
      },
      isHandedOver: () => sent.addAccountHandoff(),
      had: (past) => sent.addAccountPast(past),
    },
  );
  const startsOfAccounts = Object.values(rules).some(startsOnAccounts);
  /** What waits until everybody of every account is known. */
  const later: (() => void)[] = [];
  const addsUp = base.accounts !== undefined || head.accounts !== undefined;
  const top = createTop(replays.base, replays.head, weightsOf(head.bands), at);
  const qualified = { before: 0, after: 0, enter: 0, leave: 0 };
  let [leads, events, touched, first] = [0, 0, 0, at];

  const beginsOf = (lead: Beginner, before: Replayed, after: Replayed): Begins => ({
    handoff: lead.isHandedOver,
    journeys: begunByLead(before, after, lead, rules.head, at),
  });

  const take = (chunk: HistoryChunk): void => {
    const reader = replays.open(chunk.contents);
    const answersOf = answersIn(chunk);
    const starts = { base: eventStartsIn(chunk, rules.base), head: eventStartsIn(chunk, rules.head) };
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
      const standing = sameNurture && !addsUp && !outcome ? knownStanding(lead, base.hash, at) : null;
      if (standing && lead.state && !reader.touches(log)) {
        moves.add(standing.band, standing.band);
        for (const side of ['before', 'after'] as const) if (standing.qualified) qualified[side] += 1;
        sent.addKnown(lead.state, answers);
        continue;
      }
      const both = reader.lead(log, at);
      const { before, after, accountBefore, accountAfter } = both;
      moves.add(before.band, after.band);
      if (before.qualified) qualified.before += 1;
      if (after.qualified) qualified.after += 1;

      const person = (side: 'base' | 'head', { crossings }: Replayed, account: Placed) =>
        personOf(
          replays[side],
          { id: lead.id, answers, crossings },
          (): History => ({ events: eventsOf(chunk, lead), accounts: account.said }),
          at,
        );
      const persons = {
        base: person('base', before, accountBefore),
        head: person('head', after, accountAfter),
      };
      // Of an account it is known when it turned only when all its people are.
      let areAllKnown = false;
      const past = (side: 'base' | 'head', { account }: Placed): Past =>
        pastOf(
          persons[side],
          (journey) => {
            if (journey.startsOn !== 'account') return starts[side](lead, journey);
            return areAllKnown
              ? accounts.calledAt(account, journey, side === 'base' ? 'before' : 'after')
              : [];
          },
          rules[side],
          at,
        );
      let was = past('base', accountBefore);
      if (startsOfAccounts && (accountBefore.account ?? accountAfter.account) !== null)
        later.push(() => {
          areAllKnown = true;
          was = past('base', accountBefore);
          sent.addPast(lead.state, answers, was, past('head', accountAfter));
        });
      else {
        const is = sameNurture && after === before ? was : past('head', accountAfter);
        sent.addPast(lead.state, answers, was, is);
      }

      const beginner = (): Beginner => {
        const state = lead.state ?? was.state;
        return {
          id: lead.id,
          isAddressed: lead.state ? lead.email !== null : answers.addressed <= at,
          state,
          person: persons.head,
          isHandedOver: after.qualified && !before.qualified && isHandedOver(state, rules.head, at),
        };
      };
      if (addsUp) {
        const history = (): History => ({ events: eventsOf(chunk, lead), accounts: accountBefore.said });
        accounts.add(accountBefore.account, { scores: before, answers, history, beginner }, 'before');
        accounts.add(accountAfter.account, { scores: after, answers, history, beginner }, 'after');
      }
      if (outcome) {
        const [old, next] = reader.points(log, both, outcome.at);
        judgement.add(
          outcome.by,
          judgedOf(outcome, before.crossings, lowest[0], old),
          judgedOf(outcome, after.crossings, lowest[1], next),
        );
      }
      if (!differs(before, after)) continue;
      touched += 1;
      if (before.qualified !== after.qualified) qualified[after.qualified ? 'enter' : 'leave'] += 1;
      const begins = beginsOf(beginner(), before, after);
      if (begins.handoff) sent.addHandoff();
      for (const begun of begins.journeys) sent.addBegun(begun);
      top.add(chunk, lead, accountAfter.said, before, after);
      onLead?.(lead, before, after, begins);
    }
  };

  return {
    take,
    result: (neverFired) => {
      const from = Math.max(since, first);
      const weeks = Math.max(1, (at - from) / WEEK);
      for (const tell of later.splice(0)) tell();
      // First, since it tells who begins a journey because of the account.
      const ofAccounts = accounts.result();
      const { accountHandoffs, ...ofLeads } = sent.result(weeks);
      return {
        at,
        since: from,
        leads,
        events,
        touched,
        rules: { ...difference, neverFired },
        bands: moves.result(),
        qualified,
        ...ofLeads,
        accounts: ofAccounts && { ...ofAccounts, handoffs: accountHandoffs },
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
