import { accountStanding, type PersonScores } from '../accounts/account.ts';
import { bandsOf } from '../engine/standing.ts';
import type { Ruleset } from '../ruleset.ts';
import type { HistoryAccounts } from './history.ts';
import { createMoves } from './moves.ts';
import {
  type Beginner,
  isHandedOver,
  journeysOfAccount,
  type NurtureRules,
  startsOnAccounts,
} from './nurture.ts';
import type { AccountImpact } from './report.ts';

/** Adds people up to accounts, before and after. */
export interface AccountReplay {
  add(account: string | null, person: PersonScores, side: 'before' | 'after'): void;
  /** Somebody who may begin a journey when the account changes; asked only where there is such a journey. */
  addBeginner(account: string | null, lead: () => Beginner): void;
  /** Null where neither ruleset adds people up. */
  result(): AccountImpact | null;
}

/** Where accounts have no bands. */
const NO_BAND = '–';

const bandNames = ({ accounts }: Pick<Ruleset, 'accounts'>): readonly string[] =>
  accounts?.account.bands ? bandsOf(accounts.account.bands).map(({ name }) => name) : [NO_BAND];

export function createAccountReplay(
  base: Pick<Ruleset, 'accounts'>,
  head: Pick<Ruleset, 'accounts'>,
  known: HistoryAccounts,
  rules: NurtureRules,
  now: number,
  onJourney: (lead: string, journey: string) => void,
): AccountReplay {
  const beginners = new Map<string, (() => Beginner)[]>();
  const starts = startsOnAccounts(rules);
  const people = new Map<string, { before: PersonScores[]; after: PersonScores[] }>();
  return {
    add: (account, person, side) => {
      if (account === null) return;
      const of = people.get(account) ?? { before: [], after: [] };
      people.set(account, of);
      of[side].push(person);
    },
    addBeginner: (account, lead) => {
      if (account !== null && starts) beginners.set(account, [...(beginners.get(account) ?? []), lead]);
    },
    result: () => {
      if (!base.accounts && !head.accounts) return null;
      const moves = createMoves(bandNames(base), bandNames(head));
      let [enter, leave, handoffs] = [0, 0, 0];
      for (const [id, { before, after }] of people) {
        const account = known.get(id);
        const from = account?.place?.band ?? null;
        const was = base.accounts ? accountStanding(base.accounts, before, from) : null;
        // Its bands have a memory: the new rules find it where the old ones left it.
        const is = head.accounts ? accountStanding(head.accounts, after, from ?? was?.band ?? null) : null;
        moves.add(was?.band ?? NO_BAND, is?.band ?? NO_BAND);
        const [wasQualified, isQualified] = [was?.qualified === true, is?.qualified === true];
        if (isQualified && !wasQualified) {
          enter += 1;
          if (isHandedOver({ entry: account?.entry ?? 0, handoffs: account?.handoffs ?? [] }, rules, now))
            handoffs += 1;
        }
        if (wasQualified && !isQualified) leave += 1;
        const [old, next] = [was, is].map((place) => ({
          band: place?.band ?? null,
          qualified: place?.qualified === true,
        }));
        if (!old || !next || (old.band === next.band && old.qualified === next.qualified)) continue;
        for (const beginner of beginners.get(id) ?? []) {
          const lead = beginner();
          for (const journey of journeysOfAccount(old, next, lead, rules, now)) onJourney(lead.id, journey);
        }
      }
      return { ...moves.result(), qualified: { enter, leave }, handoffs: { now: handoffs } };
    },
  };
}
