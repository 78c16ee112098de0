import { accountStanding, type PersonScores } from '../accounts/account.ts';
import { accountLooks } from '../accounts/looks.ts';
import type { Engine } from '../engine/compile.ts';
import { bandsOf } from '../engine/standing.ts';
import type { History } from '../history.ts';
import type { Ruleset } from '../ruleset.ts';
import type { Accounts } from '../schema/accounts.ts';
import { type Beginner, type Begun, begunByAccount } from './begin.ts';
import { isHandedOver } from './handoffs.ts';
import type { HistoryAccounts } from './history.ts';
import { createMoves } from './moves.ts';
import { type NurtureRules, startsOnAccounts } from './nurture.ts';
import type { AccountImpact } from './report.ts';

/** Somebody of an account; what takes time is asked for only where it matters. */
export interface Member {
  readonly scores: PersonScores;
  readonly history: () => History;
  readonly beginner: () => Beginner;
}

/** Adds people up to accounts, before and after. */
export interface AccountReplay {
  add(account: string | null, member: Member, side: 'before' | 'after'): void;
  /** Null where neither ruleset adds people up. */
  result(): AccountImpact | null;
}

/** Where accounts have no bands. */
const NO_BAND = '–';

const bandNames = ({ accounts }: Pick<Ruleset, 'accounts'>): readonly string[] =>
  accounts?.account.bands ? bandsOf(accounts.account.bands).map(({ name }) => name) : [NO_BAND];

export function createAccountReplay(
  base: Pick<Ruleset, 'accounts'> & { readonly engine: Pick<Engine, 'trace'> },
  head: Pick<Ruleset, 'accounts'>,
  known: HistoryAccounts,
  rules: NurtureRules,
  now: number,
  onBegun: (lead: string, begun: Begun) => void,
): AccountReplay {
  const starts = startsOnAccounts(rules);
  const people = new Map<string, { before: Member[]; after: Member[] }>();
  return {
    add: (account, member, side) => {
      if (account === null) return;
      const of = people.get(account) ?? { before: [], after: [] };
      people.set(account, of);
      of[side].push(member);
    },
    result: () => {
      if (!base.accounts && !head.accounts) return null;
      const moves = createMoves(bandNames(base), bandNames(head));
      let [enter, leave, handoffs] = [0, 0, 0];
      for (const [id, { before, after }] of people) {
        const account = known.get(id);
        const from = account?.place?.band ?? null;
        const was = base.accounts
          ? account?.place
            ? accountStanding(base.accounts, scoresOf(before), from)
            : remembered(base.engine, base.accounts, before, now)
          : null;
        // Its bands have a memory: the new rules find it where the old ones left it.
        const is = head.accounts
          ? accountStanding(head.accounts, scoresOf(after), from ?? was?.band ?? null)
          : null;
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
        if (!starts || !old || !next || (old.band === next.band && old.qualified === next.qualified))
          continue;
        for (const member of after) {
          const lead = member.beginner();
          for (const begun of begunByAccount(old, next, lead, rules, now)) onBegun(lead.id, begun);
        }
      }
      return { ...moves.result(), qualified: { enter, leave }, handoffs: { now: handoffs } };
    },
  };
}

const scoresOf = (members: readonly Member[]): PersonScores[] => members.map(({ scores }) => scores);

/**
 * Where an account stands of which nobody knows where it stood before. Only where that matters, since the points lie
 * between where a band is entered and where it is left, its people are gone through from the beginning.
 */
function remembered(
  engine: Pick<Engine, 'trace'>,
  accounts: Accounts,
  members: readonly Member[],
  now: number,
): ReturnType<typeof accountStanding> {
  const scores = scoresOf(members);
  const bands = accounts.account.bands ? bandsOf(accounts.account.bands) : [];
  const [fromBelow, fromAbove] = [bands[0], bands.at(-1)].map((band) =>
    accountStanding(accounts, scores, band?.name ?? null),
  );
  if (fromBelow && fromBelow.band === fromAbove?.band) return fromBelow;
  const looks = accountLooks(
    engine,
    accounts,
    members.map(({ history }) => history()),
    now,
  );
  return accountStanding(accounts, scores, looks.at(-1)?.standing.band ?? null);
}
