import { compile, type Engine } from '../engine/compile.ts';
import { type Content, type LeadLog, type Replay, type Replayed, replayOf } from '../engine/replay.ts';
import { readsAccount } from '../engine/reads-account.ts';
import { onlyRules } from '../engine/subset.ts';
import type { AccountHistory } from '../history.ts';
import type { Ruleset } from '../ruleset.ts';
import { type Difference } from './difference.ts';
import type { HistoryAccounts } from './history.ts';
import { reachOf } from './reach.ts';

export type HashedRuleset = Ruleset & { readonly hash: string };

/** Where a lead belongs. */
export interface Placed {
  /** Null for none, or where nothing asks. */
  readonly account: string | null;
  /** What is said of every account that it was of; none where nothing asks. */
  readonly said: readonly AccountHistory[];
}

/** A lead under both rulesets; `after` is `before` itself where the change cannot have reached the lead. */
export interface Both {
  readonly before: Replayed;
  readonly after: Replayed;
  /** Where each ruleset places it; null for none, or where neither ruleset asks. */
  readonly accountBefore: Placed;
  readonly accountAfter: Placed;
}

/** Replays leads of a chunk under two rulesets, and does what both share only once. */
export interface Replays {
  readonly base: Engine;
  readonly head: Engine;
  /** @param contents of the chunk */
  open(contents: readonly Content[]): Reader;
}
interface Reader {
  /** Whether the change can have reached the lead. */
  touches(log: LeadLog): boolean;
  lead(log: LeadLog, at: number): Both;
  /** The points just before an instant. */
  points(log: LeadLog, both: Both, before: number): readonly [before: number, after: number];
}

const BEGINNING = -8.64e15;
/** Rows before the change for which it is worth to go on from a state. */
const WORTH = 4;
const namesAccount = (rules: unknown): boolean => JSON.stringify(rules).includes('"account.');

/**
 * Where only rules differ, a lead that none of the old or new ones ever gave anything stands the same under both, at
 * every instant: a contribution never depends on other rules. So it is replayed once; and so is, of any other, what was
 * before they first gave it something.
 */
export function createReplays(
  rulesets: { readonly base: HashedRuleset; readonly head: HashedRuleset },
  difference: Difference,
  accounts: HistoryAccounts,
): Replays {
  const [base, head] = [compile(rulesets.base), compile(rulesets.head)];
  const reach = reachOf(difference);
  const differing = reach.kind === 'rules' ? eitherOf(rulesets, reach.rules) : null;
  // A rule that is called something else would not be found again.
  const forks =
    reach.kind === 'rules' &&
    !difference.changed.some(({ changes }) => changes.some(({ field }) => field === 'name'));
  const reads = [readsAccount(rulesets.base), readsAccount(rulesets.head)];
  // An account's messages are instants at which a lead is looked at, where a rule reads them.
  const mayShare = reach.kind === 'none' || (reach.kind === 'rules' && reads[0] === reads[1]);
  const asks = [rulesets.base, rulesets.head].some(
    (ruleset) => ruleset.accounts !== undefined || readsAccount(ruleset) || namesAccount(ruleset.journeys),
  );
  return {
    base,
    head,
    open: (contents) => {
      const [old, next] = [replayOf(rulesets.base, contents), replayOf(rulesets.head, contents)];
      const touching = differing && replayOf(differing, contents);
      const placed = (replay: Replay, log: LeadLog, at: number): Placed => ({
        account: asks ? replay.account(log, at) : null,
        said: asks ? replay.accountIds(log, at).flatMap((id) => accounts.get(id) ?? []) : [],
      });
      const withAccounts = (log: LeadLog, { said }: Placed, does: boolean | undefined): LeadLog =>
        does && said.length > 0 ? { ...log, accounts: said } : log;
      /** The first row that the change can have reached; null: none. */
      const touched = (log: LeadLog): number | null =>
        mayShare ? (touching?.touched(log) ?? null) : log.from;
      return {
        touches: (log) => touched(log) !== null,
        lead: (log, at) => {
          const accountBefore = placed(old, log, at);
          const told = withAccounts(log, accountBefore, reads[0]);
          const first = touched(log);
          if (first === null) {
            const before = old.lead(told, BEGINNING, at);
            return { before, after: before, accountBefore, accountAfter: accountBefore };
          }
          const accountAfter = placed(next, log, at);
          const toldAfter = withAccounts(log, accountAfter, reads[1]);
          if (!forks || first - log.from < WORTH) {
            const before = old.lead(told, BEGINNING, at);
            return { before, after: next.lead(toldAfter, BEGINNING, at), accountBefore, accountAfter };
          }
          const way = old.until(told, first, at);
          const other = next.follow(way, toldAfter);
          const before = old.end(way, told);
          return { before, after: next.end(other, toldAfter), accountBefore, accountAfter };
        },
        points: (log, { before, after, accountBefore, accountAfter }, instant) => {
          const was = old.lead(withAccounts(log, accountBefore, reads[0]), instant, instant - 1).total;
          if (after === before) return [was, was];
          return [was, next.lead(withAccounts(log, accountAfter, reads[1]), instant, instant - 1).total];
        },
      };
    },
  };
}

/** Some rules as they were and as they are, beside each other in files of their own. */
const eitherOf = (
  { base, head }: { readonly base: HashedRuleset; readonly head: HashedRuleset },
  names: ReadonlySet<string>,
): HashedRuleset => {
  const [old, next] = [onlyRules(base, names), onlyRules(head, names)];
  const files = Object.entries(next.scores).map(([file, score]) => [`${file} (new)`, score] as const);
  return { ...old, scores: { ...old.scores, ...Object.fromEntries(files) } };
};
