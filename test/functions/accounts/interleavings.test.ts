import { expect, test } from 'vitest';
import { rollUp } from '../../../functions/accounts/roll-up.ts';
import { log } from '../../../functions/log.ts';
import type { LogEntry } from '../../../functions/ports.ts';
import { scoreLead } from '../../../functions/scoring/score-lead.ts';
import { walk, type World } from '../scoring/walk.ts';
import { ACME, accountPorts, addsUp, type KeptAccounts, noAccountKept } from './memory.ts';

log.setLogLevel('SILENT');
const NOW = Date.parse('2026-05-14T12:00:00Z');
type Ports = ReturnType<typeof accountPorts>;

/** An event worth its own power of two, so that a sum tells which were counted, and how often. */
const entry = (bit: number): LogEntry => ({
  event: {
    id: `m${bit}`,
    occurredAt: NOW - 3_600_000,
    type: 'track',
    name: 'Done',
    properties: { points: 2 ** bit },
  },
  sentAs: new Date(NOW - 3_600_000).toISOString(),
});

/** What a process does: scores a lead with new events, or adds the account up because somebody asked before. */
type Work =
  { readonly lead: string; readonly brings: readonly LogEntry[]; readonly thenRollsUp?: boolean } | 'roll-up';

interface Scenario {
  readonly name: string;
  readonly before: Readonly<Record<string, readonly LogEntry[]>>;
  /** Whether a request for the account waits, whose roll-up is one of the processes. */
  readonly marked?: boolean;
  readonly work: readonly [Work, Work];
  readonly surging?: number;
}

// prettier-ignore
const scenarios: readonly Scenario[] = [
  { name: 'two roll-ups of one account', before: { a: [entry(0)], b: [entry(1)] }, work: ['roll-up', 'roll-up'] },
  { name: 'a member changes while a roll-up is under way', before: { a: [entry(0)] }, work: [{ lead: 'a', brings: [entry(1)] }, 'roll-up'] },
  { name: 'a member changes while a roll-up waits for its turn', before: { a: [entry(0)] }, marked: true, work: [{ lead: 'a', brings: [entry(1)] }, 'roll-up'] },
  { name: 'somebody joins while a roll-up is under way', before: { a: [entry(0)] }, marked: true, work: [{ lead: 'b', brings: [entry(1)] }, 'roll-up'] },
  { name: 'two members change', before: { a: [entry(0)], b: [entry(1)] }, work: [{ lead: 'a', brings: [entry(2)] }, { lead: 'b', brings: [entry(3)] }], surging: 12 },
  { name: 'the first two of an account', before: {}, work: [{ lead: 'a', brings: [entry(0)] }, { lead: 'b', brings: [entry(1)] }] },
  { name: 'a member changes and is added up while a roll-up is under way', before: { a: [entry(0)] }, work: [{ lead: 'a', brings: [entry(1)], thenRollsUp: true }, 'roll-up'] },
];

const around = (surging: number) => ({ now: () => NOW, live: addsUp(surging) });

const addUp = async (ports: Ports): Promise<void> => {
  await ports.rollUps.begin(ACME);
  await rollUp(ports, ACME, 'changed');
};

const doWork = async (ports: Ports, work: Work, add = addUp): Promise<void> => {
  if (work === 'roll-up') return add(ports);
  await scoreLead(ports, work.lead, work.brings, 'events');
  if (work.thenRollsUp === true) await add(ports);
};

const worldsOf = async (
  { before, marked = false, work, surging = 3 }: Scenario,
  add = addUp,
  blind = false,
): Promise<() => World> => {
  const first = noAccountKept();
  for (const [lead, entries] of Object.entries(before))
    await scoreLead(accountPorts(first, around(surging)), lead, entries, 'events');
  if (Object.keys(before).length > 0) await addUp(accountPorts(first, around(surging)));
  first.asked = [];
  first.mark = marked ? { at: NOW } : null;
  const brought = work.flatMap((one) => (one === 'roll-up' ? [] : one.brings));
  const total = [...Object.values(before).flat(), ...brought].reduce(
    (sum, { event }) => sum + Number(event.properties.points),
    0,
  );
  return () => {
    const kept: KeptAccounts = structuredClone(first);
    return {
      stored: () =>
        JSON.stringify({
          ...kept,
          // How often something was asked for or told makes no difference to anyone.
          asked: kept.asked.length > 0,
          told: [...new Set(kept.told.map(({ changeId }) => changeId))].sort(),
          toldOfAccount: [...new Set(kept.toldOfAccount.map(({ changeId }) => changeId))].sort(),
        }),
      processes: work.map((one) => ({
        run: async (step, saw) => {
          await doWork(accountPorts(kept, { ...around(surging), step, saw, blind }), one, add);
        },
      })),
      settle: async (died) => {
        // The message of whoever died comes back; then the requests come, which were held back until here.
        for (const process of died)
          await doWork(accountPorts(kept, around(surging)), work[process] as Work, add);
        for (let request = kept.asked.shift(); request !== undefined; request = kept.asked.shift())
          await add(accountPorts(kept, around(surging)));
        const { account } = kept;
        expect(account?.numbers).toEqual({ all: total });
        expect(account?.place).toEqual({
          band: total >= surging ? 'surging' : 'quiet',
          qualified: total >= surging,
        });
        expect(account?.entry).toBe(total >= surging ? 1 : 0);
        expect(account?.pending).toEqual({});
        const qualified = kept.toldOfAccount.filter(({ kind }) => kind === 'account.qualified');
        expect(new Set(qualified.map(({ changeId }) => changeId)).size).toBe(total >= surging ? 1 : 0);
        expect(kept.mark).toBeNull();
      },
    };
  };
};

test.for(scenarios)('at work at once and a crash, in any order: $name', async (scenario, { annotate }) => {
  const { endings, states } = await walk(await worldsOf(scenario));
  await annotate(`${endings} endings over ${states} states`);
  expect(endings).toBeGreaterThan(10);
});

const byName = (name: string): Scenario => scenarios.find((each) => each.name === name) as Scenario;

test('the walk finds a roll-up that clears the mark after it has read', async () => {
  const late = async (ports: Ports): Promise<void> => {
    await rollUp(ports, ACME, 'changed');
    await ports.rollUps.begin(ACME);
  };
  await expect(
    walk(await worldsOf(byName('a member changes while a roll-up waits for its turn'), late)),
  ).rejects.toThrow(/^after [01✗ ]+: /);
});

test('the walk finds a commit that does not look at the version', async () => {
  await expect(
    walk(
      await worldsOf(byName('a member changes and is added up while a roll-up is under way'), addUp, true),
    ),
  ).rejects.toThrow(/^after [01✗ ]+: /);
});
