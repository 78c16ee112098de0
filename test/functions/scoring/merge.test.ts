import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newLead, type Lead } from '../../../core/lead.ts';
import { leadPk, mailKey, handoffKey, journeyKey } from '../../../functions/aws/keys.ts';
import type { LogEntry } from '../../../functions/ports.ts';
import { createDegrade, type DegradePorts } from '../../../functions/scoring/degrade-leads.ts';
import { mergeLeads } from '../../../functions/scoring/merge.ts';
import { scoreLead } from '../../../functions/scoring/score-lead.ts';
import { startTable, type TestTable } from '../table.ts';
import { memoryPorts, nothingKept, type Kept } from './memory.ts';
import { createProduct, HOUR, message, NOW, type Product } from './product.ts';
import { sumRuleset } from './sum-engine.ts';

class Crash extends Error {}

/** The step before which a process dies; what it does after that never happens. */
const dyingAt = (at: number): { step: () => Promise<void>; steps: () => number } => {
  let done = 0;
  return {
    steps: () => done,
    step: () => {
      done += 1;
      return done >= at ? Promise.reject(new Crash()) : Promise.resolve();
    },
  };
};

const entry = (bit: number, hoursAgo: number): LogEntry => {
  const occurredAt = NOW - hoursAgo * HOUR;
  return {
    event: { id: `m${bit}`, occurredAt, type: 'track', name: 'Done', properties: { points: 2 ** bit } },
    sentAs: new Date(occurredAt).toISOString(),
  };
};

const around = { now: () => NOW, live: sumRuleset({ hot: 3, lateness: '15m' }), eventBytes: 5_000 };
const degradeWith = (ports: DegradePorts) =>
  createDegrade(ports)({}, { getRemainingTimeInMillis: () => 60_000 } as never);

/** Two leads, each with events behind its snapshot, and things done for it. */
const twoLeads = async (): Promise<Kept> => {
  const kept = nothingKept();
  for (const [index, id] of ['old', 'young'].entries()) {
    kept.leads[id] = {
      ...newLead(id, NOW + index, { users: index === 0 ? ['u'] : [], emails: [] }),
      version: 1,
    };
    kept.holders[`anonymous#of-${id}`] = { owners: [{ lead: id, since: 0 }], scope: 'server' };
    kept.notes[id] = [{ kind: 'anonymous', value: `of-${id}` }];
    const ports = memoryPorts(kept, around);
    await scoreLead(ports, id, [entry(2 * index, 40 + index), entry(2 * index + 1, 20 + index)], 'events');
    kept.extras[id] = {
      'MAIL#same#step#1': { sk: 'MAIL#same#step#1', item: { subject: `to ${id}` } },
      [`MAIL#${id}#step#1`]: { sk: `MAIL#${id}#step#1`, item: { subject: `only ${id}` } },
      'HANDOFF#000001': { sk: 'HANDOFF#000001', item: { entry: 1, of: id } },
    };
  }
  return kept;
};

/** Everything of both leads is under the older one, once. */
const checkMerged = (kept: Kept, entries: readonly LogEntry[]): void => {
  const [survivor, merged] = [kept.leads.old as Lead, kept.leads.young as Lead];
  expect(merged).toMatchObject({ into: 'old', due: null, listed: null, pending: {} });
  expect(survivor).toMatchObject({ pending: {} });
  expect(
    Object.values(kept.logs.old ?? {})
      .map(({ event }) => event.id)
      .sort(),
  ).toEqual(entries.map(({ event }) => event.id).sort());
  expect(survivor.total).toBe(entries.reduce((sum, { event }) => sum + Number(event.properties.points), 0));
  expect(
    Object.values(kept.extras.old ?? {})
      .map(({ item }) => item.subject ?? item.of)
      .sort(),
  ).toEqual(['old', 'only old', 'only young', 'to old', 'to young', 'young']);
  expect(kept.holders['anonymous#of-young']?.owners).toEqual([{ lead: 'old', since: 0 }]);
};

describe('a merge', () => {
  test('that stops at any step is finished by degrade, whatever arrives for both leads at any other', async () => {
    const first = await twoLeads();
    const complete = dyingAt(Infinity);
    await mergeLeads(
      memoryPorts(structuredClone(first), { ...around, step: complete.step }),
      ['old', 'young'],
      false,
    );
    const steps = complete.steps();
    let runs = 0;
    for (let dies = 1; dies <= steps + 1; dies += 1)
      for (let arrives = 1; arrives <= dies; arrives += 1) {
        const kept = structuredClone(first);
        const late = [entry(8, 30), entry(9, 0.1)];
        // Each lead gets a late event and a recent one, right before one step of the merge.
        const arrive = async (): Promise<void> => {
          await scoreLead(memoryPorts(kept, around), 'young', late, 'events');
          await scoreLead(memoryPorts(kept, around), 'old', [entry(10, 25), entry(11, 0.2)], 'events');
        };
        let done = 0;
        const step = async (): Promise<void> => {
          done += 1;
          if (done === arrives) await arrive();
          if (done >= dies) throw new Crash();
        };
        try {
          await mergeLeads(memoryPorts(kept, { ...around, step }), ['old', 'young'], false);
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
        }
        if (done < arrives) await arrive();
        const later = { ...around, now: () => NOW + HOUR };
        // The message that asked for it comes again, and degrade runs.
        await mergeLeads(memoryPorts(kept, later), ['old', 'young'], false);
        await degradeWith(memoryPorts(kept, later));
        const all = [0, 1].flatMap((index) => [
          entry(2 * index, 40 + index),
          entry(2 * index + 1, 20 + index),
        ]);
        checkMerged(kept, [...all, ...late, entry(10, 25), entry(11, 0.2)]);
        runs += 1;
      }
    expect(steps).toBeGreaterThan(20);
    expect(runs).toBe(((steps + 1) * (steps + 2)) / 2);
  });

  test('whose events arrive between any two steps of their own scorer loses none', async () => {
    const first = await twoLeads();
    const complete = dyingAt(Infinity);
    const late = [entry(8, 30)];
    await scoreLead(
      memoryPorts(structuredClone(first), { ...around, step: complete.step }),
      'young',
      late,
      'events',
    );
    expect(complete.steps()).toBeGreaterThan(4);
    for (let at = 1; at <= complete.steps(); at += 1) {
      const kept = structuredClone(first);
      let done = 0;
      const step = async (): Promise<void> => {
        done += 1;
        if (done === at) await mergeLeads(memoryPorts(kept, around), ['old', 'young'], false);
      };
      await scoreLead(memoryPorts(kept, { ...around, step }), 'young', late, 'events');
      await degradeWith(memoryPorts(kept, { ...around, now: () => NOW + HOUR }));
      const all = [0, 1].flatMap((index) => [entry(2 * index, 40 + index), entry(2 * index + 1, 20 + index)]);
      checkMerged(kept, [...all, ...late]);
    }
  });

  test('of a chain of leads ends at the oldest, whichever is merged first', async () => {
    for (const order of [
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      [
        ['b', 'c'],
        ['a', 'b'],
      ],
    ] as const) {
      const kept = nothingKept();
      const ports = memoryPorts(kept, around);
      for (const [index, id] of ['a', 'b', 'c'].entries()) {
        kept.leads[id] = { ...newLead(id, NOW + index, { users: [], emails: [] }), version: 1 };
        await scoreLead(ports, id, [entry(index, 20 + index)], 'events');
      }
      for (const [one, other] of order) {
        const follow = (id: string): string =>
          kept.leads[id]?.into === undefined ? id : follow(kept.leads[id].into);
        await mergeLeads(ports, [follow(one), follow(other)], false);
      }
      expect(kept.leads.a?.total).toBe(7);
    }
  });

  test('of a lead that is itself merged away meanwhile loses nothing, at any step and with a crash at any later one', async () => {
    const first = nothingKept();
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      first.leads[id] = { ...newLead(id, NOW + index, { users: [], emails: [] }), version: 1 };
      await scoreLead(memoryPorts(first, around), id, [entry(index, 20 + index)], 'events');
    }
    const pairs = [
      ['b', 'c'],
      ['a', 'b'],
    ] as const;
    const play = async (
      [outer, inner]: readonly (readonly [string, string])[],
      at: number,
      dies: number,
    ): Promise<number> => {
      const kept = structuredClone(first);
      let done = 0;
      const step = async (): Promise<void> => {
        done += 1;
        if (done === at) await mergeLeads(memoryPorts(kept, around), inner as [string, string], false);
        if (done >= dies) throw new Crash();
      };
      try {
        await mergeLeads(memoryPorts(kept, { ...around, step }), outer as [string, string], false);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      const later = memoryPorts(kept, { ...around, now: () => NOW + HOUR });
      await degradeWith(later);
      await degradeWith(later);
      for (const id of ['b', 'c'])
        if (kept.leads[id]?.into !== undefined) expect(kept.leads[id].due).toBeNull();
      // A fence that came too late did nothing, and its message asks again.
      const survivorOf = (id: string): string =>
        kept.leads[id]?.into === undefined ? id : survivorOf(kept.leads[id].into);
      for (const [one, other] of pairs) await mergeLeads(later, [survivorOf(one), survivorOf(other)], false);
      expect(kept.leads.a).toMatchObject({ total: 7, pending: {} });
      return done;
    };
    for (const order of [pairs, pairs.toReversed()]) {
      const steps = await play(order, Infinity, Infinity);
      for (let at = 1; at <= steps; at += 1)
        for (let dies = at; dies <= steps + 1; dies += 1) await play(order, at, dies);
    }
  });

  test('does not happen to leads of different user ids', async () => {
    const kept = await twoLeads();
    kept.leads.young = { ...(kept.leads.young as Lead), users: ['someone else'] };
    await mergeLeads(memoryPorts(kept, around), ['old', 'young'], false);
    expect(kept.leads.young.into).toBeUndefined();
    await mergeLeads(memoryPorts(kept, around), ['old', 'young'], true);
    expect(kept.leads.young?.into).toBe('old');
  });
});

describe('a merge in the table', () => {
  let server: TestTable;
  let product: Product;
  beforeAll(async () => {
    server = await startTable();
    product = await createProduct(server.table);
  });
  afterAll(() => server.stop());

  /** The ports, dying before their n-th call to the table. */
  const dying = (at: number): { ports: Product; calls: () => number } => {
    const { step, steps } = dyingAt(at);
    const guarded = <P extends object>(port: P): P =>
      Object.fromEntries(
        Object.entries(port).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
          name,
          name === 'due' ? call : async (...args: unknown[]) => (await step(), call(...args)),
        ]),
      ) as P;
    return {
      ports: {
        ...product,
        leads: guarded(product.leads),
        identities: guarded(product.identities),
        closeDoubles: async (leadId) => {
          await step();
          await product.closeDoubles(leadId);
        },
      },
      calls: steps,
    };
  };

  let round = 0;
  const prepare = async () => {
    round += 1;
    const [userId, anonymousId] = [`u${round}`, `a${round}`];
    product.now = NOW;
    await product.send([message({ userId }, NOW - 30 * HOUR)]);
    product.now = NOW + 1;
    await product.send([
      message({ anonymousId }, NOW - 20 * HOUR),
      message({ anonymousId }, NOW - 10 * HOUR),
    ]);
    const holders = await product.identities.holders(
      [
        { kind: 'user', value: userId },
        { kind: 'anonymous', value: anonymousId },
      ],
      true,
    );
    const [old, young] = [`user#${userId}`, `anonymous#${anonymousId}`].map(
      (name) => holders.get(name)?.owners[0]?.lead ?? '',
    );
    if (old === undefined || young === undefined) throw new Error('no leads');
    for (const [index, lead] of [old, young].entries()) {
      await server.table.put({ ...mailKey(lead, 'same', 'welcome', '1'), subject: `to ${lead}` });
      await server.table.put({
        ...handoffKey(lead, 1),
        entry: 1,
        at: NOW - index,
        state: 'open',
        owner: lead,
      });
    }
    await server.table.put({ ...journeyKey(young, 'warm-up'), entry: 'e', running: true });
    return { userId, anonymousId, old, young };
  };

  const underIt = async (lead: string, prefix: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    for await (const items of server.table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      values: { ':pk': leadPk(lead), ':prefix': prefix },
    }))
      found.push(...items);
    return found;
  };

  test('is whole after a crash before any call to the table', { timeout: 120_000 }, async () => {
    const complete = dying(Infinity);
    const example = await prepare();
    await mergeLeads(complete.ports, [example.old, example.young], false);
    for (let at = 1; at <= complete.calls() + 1; at += 1) {
      const { userId, anonymousId, old, young } = await prepare();
      await mergeLeads(dying(at).ports, [old, young], false).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      product.now = NOW + HOUR;
      await product.send([message({ userId, anonymousId }, NOW)]);
      await createDegrade(product)({}, { getRemainingTimeInMillis: () => 60_000 } as never);
      const [survivor, merged] = [await product.leads.read(old), await product.leads.read(young)];
      expect(merged).toMatchObject({ into: old, due: null, pending: {} });
      expect((await product.leads.log(old, null)).entries).toHaveLength(4);
      const { engine } = await product.rulesets.live();
      const { entries } = await product.leads.log(old, null);
      expect(survivor?.total).toBe(
        engine.evaluate({ events: entries.map(({ event }) => event) }, survivor?.asOf ?? 0).total,
      );
      expect((await underIt(old, 'MAIL#')).map(({ subject }) => subject).sort()).toEqual(
        [`to ${old}`, `to ${young}`].sort(),
      );
      // The older handoff is the younger lead's; it stays, whichever lead does.
      expect(await underIt(old, 'HANDOFF#')).toMatchObject([
        { owner: old, state: 'closed', merged: { into: { of: 'lead', id: young, entry: 1 } } },
        { owner: young, state: 'open' },
      ]);
      expect(await underIt(old, 'JOURNEY#')).toMatchObject([{ entry: 'e', running: false }]);
    }
  });
});
