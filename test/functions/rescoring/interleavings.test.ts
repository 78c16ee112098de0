import { expect, test } from 'vitest';
import { newLead } from '../../../core/lead.ts';
import { log } from '../../../functions/log.ts';
import type { LiveRuleset, LogEntry, ScorePorts } from '../../../functions/ports.ts';
import { bringLead } from '../../../functions/rescoring/bring-lead.ts';
import { scoreLead } from '../../../functions/scoring/score-lead.ts';
import { memoryPorts, nothingKept, type Kept } from '../scoring/memory.ts';
import { sumRuleset } from '../scoring/sum-engine.ts';
import { walk, type World } from '../scoring/walk.ts';

log.setLogLevel('SILENT');
const NOW = Date.parse('2026-05-14T12:00:00Z');
const HOUR = 3_600_000;

/** An event so many hours ago, worth its own power of two. */
const entry = (bit: number, hoursAgo: number): LogEntry => {
  const occurredAt = NOW - hoursAgo * HOUR;
  return {
    event: { id: `m${bit}`, occurredAt, type: 'track', name: 'Done', properties: { points: 2 ** bit } },
    sentAs: new Date(occurredAt).toISOString(),
  };
};

/** A ruleset that is hot from so many points on, as the switch with this epoch made it live. */
const rules = (epoch: number, hot: number): LiveRuleset => {
  const made = sumRuleset({ hot });
  const hash = `hot from ${hot}`;
  const bands = ['cold', 'hot'].map((name) => ({ name, enter: 0, leave: 0 }));
  return { ...made, epoch, hash, engine: { ...made.engine, hash, bands } };
};

type Step = (name: string) => Promise<void>;
type Saw = (answer: unknown) => void;
/** What a process does, each time it is run, from its beginning. */
type Work = (ports: (live: LiveRuleset, knows?: LiveRuleset) => ScorePorts) => Promise<void>;

/** As a segment does with a lead: commits it, tells, and only then notes that it is past it. */
const rescorer =
  (live: LiveRuleset): Work =>
  async (ports) => {
    const { tell } = await bringLead(ports(live), 'lead', live);
    if (tell.length > 0) await ports(live).changes.publish(tell);
  };
/** @param cached what its cache holds; a lead that has seen a later switch makes it read that */
const scorer =
  (live: LiveRuleset, brought: LogEntry, cached = live): Work =>
  async (ports) =>
    void (await scoreLead(ports(cached, live), 'lead', [brought], 'events'));

interface Scenario {
  readonly name: string;
  readonly live: LiveRuleset;
  readonly processes: readonly [Work, Work];
  /** Brought by the processes. */
  readonly events: readonly LogEntry[];
  /** Steps that a rescore did for an earlier switch before it died. */
  readonly earlier?: { readonly live: LiveRuleset; readonly steps: number };
}

const BEFORE = [entry(0, 20), entry(1, 10)];
const OLD = rules(1, 100);
const [LOWER, HIGHER, OTHER] = [rules(2, 3), rules(2, 200), rules(2, 7)];
const [one, two] = [entry(2, 5), entry(3, 4)];

const portsOver =
  (kept: Kept, ever: Set<string>, step?: Step, saw?: Saw) =>
  (live: LiveRuleset, knows = live): ScorePorts => {
    const around = { now: () => NOW, live, ...(step && { step }), ...(saw && { saw }) };
    const ports = memoryPorts(kept, around);
    return {
      ...ports,
      rulesets: { live: (atLeast = 0) => Promise.resolve(atLeast > live.epoch ? knows : live) },
      leads: {
        ...ports.leads,
        commit: async (lead, ifVersion) => {
          const done = await ports.leads.commit(lead, ifVersion);
          if (done) for (const changeId of Object.keys(lead.pending)) ever.add(changeId);
          return done;
        },
      },
    };
  };

const worldsOf = async (
  { live, processes, events, earlier }: Scenario,
  altered: (ports: ScorePorts) => ScorePorts = (ports) => ports,
) => {
  const first = nothingKept();
  first.leads.lead = { ...newLead('lead', NOW, { users: ['u'], emails: [] }), version: 1 };
  const began = new Set<string>();
  for (const each of BEFORE) await scoreLead(portsOver(first, began)(OLD), 'lead', [each], 'events');
  if (earlier !== undefined) {
    let left = earlier.steps;
    const dying: Step = () => ((left -= 1) < 0 ? new Promise(() => {}) : Promise.resolve());
    void rescorer(earlier.live)(portsOver(first, began, dying));
    await new Promise(setImmediate);
  }
  return (): World => {
    const kept = structuredClone(first);
    const ever = new Set(began);
    const tells = (): string[] => kept.told.map(({ changeId }) => changeId);
    return {
      stored: () => JSON.stringify({ ...kept, told: [...new Set(tells())].sort(), ever: [...ever].sort() }),
      processes: processes.map((work) => ({
        run: (step, saw) => {
          const ports = portsOver(kept, ever, step, saw);
          return work((...given) => altered(ports(...given)));
        },
      })),
      settle: async (died) => {
        const ports = portsOver(kept, ever);
        for (const process of died) await processes[process]?.(ports);
        const lead = kept.leads.lead;
        const total = [...BEFORE, ...events].reduce(
          (sum, { event }) => sum + Number(event.properties.points),
          0,
        );
        const { band, qualified } = live.engine.evaluate(
          { events: [], snapshot: { ruleset: '', watermark: NOW, state: total } },
          NOW,
        );
        expect(lead).toMatchObject({ total, standing: { band, qualified } });
        // Whatever was ever to be told was told, and by nobody's death is anything left that nobody will tell.
        expect([...ever].filter((changeId) => !tells().includes(changeId))).toEqual([]);
        if (lead?.toldBy === undefined) expect(lead?.pending).toEqual({});
        expect(new Set(tells().filter((id) => id.endsWith('lead.qualified'))).size).toBe(lead?.entry);
        // The next event clears what a rescore left.
        const last = entry(9, 0.01);
        await scorer(live, last)(ports);
        expect(kept.leads.lead?.total).toBe(total + 512);
        expect(kept.leads.lead?.pending).toEqual({});
        expect(kept.leads.lead?.toldBy).toBeUndefined();
      },
    };
  };
};

const stepsOfOne = 5;
// prettier-ignore
const scenarios: readonly Scenario[] = [
  { name: 'the rules alone make the lead hot', live: LOWER, processes: [rescorer(LOWER), scorer(LOWER, one)], events: [one] },
  { name: 'the event alone makes it hot, by the new rules', live: OTHER, processes: [rescorer(OTHER), scorer(OTHER, one)], events: [one] },
  { name: 'the scorer has the old rules cached', live: LOWER, processes: [rescorer(LOWER), scorer(LOWER, one, OLD)], events: [one] },
  { name: 'two rescorers, one of them given up for lost', live: LOWER, processes: [rescorer(LOWER), rescorer(LOWER)], events: [] },
  { name: 'two scorers of a lead that a rescore has brought', live: LOWER, processes: [scorer(LOWER, one), scorer(LOWER, two)], events: [one, two], earlier: { live: LOWER, steps: 9 } },
  ...Array.from({ length: stepsOfOne + 1 }, (_, steps): Scenario => ({
    name: `a later switch leaves the lead as it is, after a rescore that died after ${steps} steps`,
    live: { ...LOWER, hash: 'the same by another name', epoch: 3 },
    processes: [rescorer({ ...LOWER, hash: 'the same by another name', epoch: 3 }), scorer({ ...LOWER, hash: 'the same by another name', epoch: 3 }, one)],
    events: [one],
    earlier: { live: LOWER, steps },
  })),
  ...Array.from({ length: stepsOfOne + 1 }, (_, steps): Scenario => ({
    name: `a rollback, after a rescore that died after ${steps} steps`,
    live: { ...HIGHER, epoch: 3 },
    processes: [rescorer({ ...HIGHER, epoch: 3 }), scorer({ ...HIGHER, epoch: 3 }, one)],
    events: [one],
    earlier: { live: LOWER, steps },
  })),
];

for (const scenario of scenarios)
  test(
    `a rescore, events and a crash, in any order: ${scenario.name}`,
    { timeout: 120_000 },
    async ({ annotate }) => {
      const { endings, states } = await walk(await worldsOf(scenario));
      await annotate(`${endings} endings over ${states} states`);
      expect(endings).toBeGreaterThan(10);
    },
  );

test('the walk finds a rescorer that clears what it has not told', async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  const worlds = await worldsOf(scenario, (ports) => ({
    ...ports,
    leads: {
      ...ports.leads,
      commit: (lead, version) => ports.leads.commit({ ...lead, pending: {} }, version),
    },
  }));
  await expect(walk(worlds)).rejects.toThrow(/^after [01✗ ]+: /);
});
