import { expect, test } from 'vitest';
import { newLead } from '../../../core/lead.ts';
import type { LogEntry, ScorePorts } from '../../../functions/ports.ts';
import { scoreLead } from '../../../functions/scoring/score-lead.ts';
import { log } from '../../../functions/log.ts';
import { memoryPorts, nothingKept, type Kept } from './memory.ts';
import { sumRuleset } from './sum-engine.ts';
import { walk, type World } from './walk.ts';

log.setLogLevel('SILENT');
const NOW = Date.parse('2026-05-14T12:00:00Z');
const HOUR = 3_600_000;

/** An event so many hours ago, worth its own power of two. */
const entry = (bit: number, hoursAgo: number, sentAs?: string): LogEntry => {
  const occurredAt = NOW - hoursAgo * HOUR;
  return {
    event: { id: `m${bit}`, occurredAt, type: 'track', name: 'Done', properties: { points: 2 ** bit } },
    sentAs: sentAs ?? new Date(occurredAt).toISOString(),
  };
};

interface Scenario {
  readonly name: string;
  /** In the log and in the score before. */
  readonly before: readonly LogEntry[];
  readonly brought: readonly [readonly LogEntry[], readonly LogEntry[]];
  readonly hot?: number;
  /** How large each event passes for while the two are at work; as a rule so large that snapshots move whenever they can. */
  readonly bytes?: number;
}

// prettier-ignore
const scenarios: readonly Scenario[] = [
  { name: 'one event is late, the other moves the snapshot past it', before: [entry(0, 20)], brought: [[entry(1, 5)], [entry(2, 10)]] },
  { name: 'both are behind the snapshot that is there', before: [entry(0, 20), entry(1, 4)], brought: [[entry(2, 10)], [entry(3, 9)]] },
  { name: 'both bring the same event', before: [entry(0, 20)], brought: [[entry(1, 10)], [entry(1, 10)]] },
  { name: 'both are recent', before: [entry(0, 20), entry(1, 4)], brought: [[entry(2, 0.1)], [entry(3, 0.05)]] },
  { name: 'one comes without a timestamp', before: [entry(0, 20), entry(1, 4)], brought: [[entry(2, 0.1, '0')], [entry(3, 2)]] },
  { name: 'a clock that is far behind, and a late event', before: [entry(0, 20), entry(1, 8)], brought: [[entry(2, 3, new Date(NOW - 400 * HOUR).toISOString())], [entry(3, 2)]] },
  { name: 'only both together make the lead hot', before: [entry(0, 20)], brought: [[entry(1, 5)], [entry(2, 6)]], hot: 7 },
  { name: 'each makes the lead hot', before: [entry(0, 20)], brought: [[entry(1, 5)], [entry(2, 6)]], hot: 3 },
  { name: 'one is behind a snapshot that then stays away', before: [entry(0, 20), entry(1, 4)], brought: [[entry(2, 10)], [entry(3, 0.1)]], bytes: 10 },
  { name: 'the lead is new', before: [], brought: [[entry(1, 5)], [entry(2, 10)]], hot: 6 },
];

const totalOf = (entries: readonly LogEntry[]): number =>
  [...new Set(entries.map(({ event }) => Number(event.properties.points)))].reduce(
    (sum, points) => sum + points,
    0,
  );

const worldsOf = async (
  { before, brought, hot, bytes }: Scenario,
  altered: (ports: ScorePorts, kept: Kept) => ScorePorts = (ports) => ports,
): Promise<() => World> => {
  // Every event passes for large, so that snapshots move as often as they can.
  const around = {
    now: () => NOW,
    live: sumRuleset({ lateness: '15m', ...(hot === undefined ? {} : { hot }) }),
    eventBytes: 5_000,
  };
  const atWork = { ...around, ...(bytes === undefined ? {} : { eventBytes: bytes }) };
  const first = nothingKept();
  if (before.length > 0) {
    first.leads.lead = { ...newLead('lead', NOW, { users: ['u'], emails: [] }), version: 1 };
    await scoreLead(memoryPorts(first, around), 'lead', before, 'events');
  }
  return () => {
    const kept: Kept = structuredClone(first);
    const last = entry(9, 0.01);
    const check = (entries: readonly LogEntry[]): void => {
      const lead = kept.leads.lead;
      expect(lead?.total).toBe(totalOf(entries));
      const isHot = totalOf(entries) >= (hot ?? Infinity);
      expect(lead?.standing?.qualified).toBe(isHot);
      expect(lead?.entry).toBe(isHot ? 1 : 0);
      expect(lead?.pending).toEqual({});
      expect(
        new Set(kept.told.filter(({ kind }) => kind === 'lead.qualified').map(({ changeId }) => changeId))
          .size,
      ).toBe(isHot ? 1 : 0);
    };
    return {
      // How often a change was told makes no difference to anyone.
      stored: () =>
        JSON.stringify({ ...kept, told: [...new Set(kept.told.map(({ changeId }) => changeId))].sort() }),
      processes: brought.map((entries) => ({
        run: async (step, saw) => {
          const ports = altered(memoryPorts(kept, { ...atWork, step, saw }), kept);
          await scoreLead(ports, 'lead', entries, 'events');
        },
      })),
      settle: async (died) => {
        const ports = memoryPorts(kept, atWork);
        for (const process of died) await scoreLead(ports, 'lead', brought[process] ?? [], 'events');
        check([...before, ...brought.flat()]);
        await scoreLead(ports, 'lead', [last], 'events');
        expect(kept.leads.lead?.total).toBe(totalOf([...before, ...brought.flat(), last]));
      },
    };
  };
};

for (const scenario of scenarios)
  test(
    `two scorers and a crash, in any order: ${scenario.name}`,
    { timeout: 120_000 },
    async ({ annotate }) => {
      const { endings, states } = await walk(await worldsOf(scenario));
      await annotate(`${endings} endings over ${states} states`);
      expect(endings).toBeGreaterThan(50);
    },
  );

test('the walk finds a commit that does not look at the version', async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  const worlds = await worldsOf(scenario, (ports, kept) => ({
    ...ports,
    leads: {
      ...ports.leads,
      commit: async (lead) => ports.leads.commit(lead, kept.leads[lead.id]?.version ?? 0),
    },
  }));
  await expect(walk(worlds)).rejects.toThrow(/^after [01✗ ]+: /);
});
