import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Account, AccountChange } from '../../../core/accounts/account-projection.ts';
import type { Accounts } from '../../../core/schema/accounts.ts';
import type { BandSteps } from '../../../core/schema/bands.ts';
import type { AccountsPorts } from '../../../functions/accounts/handle.ts';
import { queuedRollUps } from '../../../functions/aws/roll-ups.ts';
import type { Item, Table } from '../../../functions/aws/table.ts';
import type { Changes, LiveRuleset, RolledUp, RollUps, ScorePorts } from '../../../functions/ports.ts';
import { type Around, type Kept, memoryPorts, nothingKept } from '../scoring/memory.ts';
import { sumRuleset } from '../scoring/sum-engine.ts';

/** The one account of these tests. */
export const ACME = 'acme';

/** Everything that scoring and adding up keep, as plain data. */
export interface KeptAccounts extends Kept {
  account: Account | null;
  mark: Item | null;
  /** Requests in their queue. */
  asked: string[];
  toldOfAccount: AccountChange[];
}

export const noAccountKept = (): KeptAccounts => ({
  ...nothingKept(),
  account: null,
  mark: null,
  asked: [],
  toldOfAccount: [],
});

/** A lead's score is the sum of its points, an account's that of its leads; whoever did anything belongs to it. */
export const addsUp = (surging: number, people = 1): LiveRuleset => {
  const live = sumRuleset();
  // As the schema has it: no type says that one key of a mapping is a name, and the others are steps.
  const bands = { of: 'all', quiet: 0, surging: { enter: surging, leave: surging } } as unknown as BandSteps;
  const accounts: Accounts = {
    account: {
      rollup: { all: { sum: 'total' } },
      bands,
      qualified: { band: ['surging'], people },
    },
  };
  return {
    ...live,
    scoring: { ...live.scoring, accounts },
    engine: {
      ...live.engine,
      account: ({ events }) => (events.length === 0 ? null : { id: ACME, attributes: {} }),
    },
  };
};

type Ports = ScorePorts & AccountsPorts & { readonly rollUps: RollUps };

/** The ports over plain data, so that a test can stop between any two steps; each call is an instance of its own. */
export const accountPorts = (
  kept: KeptAccounts,
  around: Around & { /** Commits whatever the version is. */ readonly blind?: boolean },
): Ports => {
  const { blind = false, step = () => Promise.resolve(), saw = () => {} } = around;
  const seen = async <T>(name: string, work: () => T): Promise<T> => {
    await step(name);
    const answer = structuredClone(work());
    saw(answer);
    return answer;
  };
  const table = {
    get: () => seen('mark?', () => kept.mark),
    put: (item: Item) => seen('mark', () => void (kept.mark = item)),
    remove: () => seen('unmark', () => void (kept.mark = null)),
  } as unknown as Table;
  const client = {
    send: () =>
      seen('ask', () => {
        kept.asked.push(ACME);
        return { FailedEntryCount: 0 };
      }),
  } as unknown as EventBridgeClient;
  const rolledUp: RolledUp = {
    read: () => seen('read account', () => kept.account),
    commit: (account, ifVersion) =>
      seen('commit account', () => {
        if (!blind && (kept.account?.version ?? 0) !== ifVersion) return false;
        kept.account = structuredClone(account);
        return true;
      }),
    members: async function* () {
      yield await seen('members', () =>
        Object.values(kept.leads)
          .filter(({ account }) => account === ACME)
          .map(({ id }) => id),
      );
    },
    due: async function* () {},
  };
  const ports = memoryPorts(kept, around);
  const changes: Changes = {
    publish: async (list) => {
      const ofAccount = list.filter((change) => 'accountId' in change);
      if (ofAccount.length === 0) return ports.changes.publish(list);
      await seen('tell of the account', () => void kept.toldOfAccount.push(...structuredClone(ofAccount)));
      return new Set(ofAccount.map(({ changeId }) => changeId));
    },
  };
  const rollUps = queuedRollUps(table, { client, name: 'bus' }, ports.clock);
  return { ...ports, changes, rolledUp, rollUps };
};
