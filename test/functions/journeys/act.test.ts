import { expect, test } from 'vitest';
import { createAct } from '../../../functions/journeys/act.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import { open } from '../../../functions/scoring/envelope.ts';

const NOW = Date.parse('2026-05-14T10:00:00Z');
const TASK = { leadId: 'l1', entry: 'e1', journey: 'warm-up', ruleset: 'r', step: '3', visit: 0 };

const act = async (task: object, takes = true): Promise<BusEntry> => {
  const told: BusEntry[] = [];
  const ports = {
    publish: (entry: BusEntry) => Promise.resolve(told.push(entry) > 0 && takes),
    clock: { now: () => NOW },
  };
  await createAct(ports)({ ...TASK, ...task });
  return told[0] as BusEntry;
};

test('`set` comes in at the top as an identify of the lead, named by its step', async () => {
  const set = { action: 'set', set: { stage: 'nurtured', tries: 2 } };
  const { source, detailType, detail } = await act(set);
  const opened = open({
    ...{ source, 'detail-type': detailType, detail: JSON.parse(detail) as unknown },
    ...{ id: 'bus-1', time: '2026-05-14T10:00:01Z' },
  });
  expect(opened?.opened).toMatchObject([
    {
      ok: true,
      scope: 'server',
      message: { type: 'identify', leadId: 'l1', traits: { stage: 'nurtured', tries: 2 }, occurredAt: NOW },
    },
  ]);
  const idOf = async (more: object): Promise<unknown> =>
    (JSON.parse((await act({ ...set, ...more })).detail) as { messageId: unknown }).messageId;
  expect(await idOf({})).toBe(await idOf({}));
  expect(await idOf({})).not.toBe(await idOf({ step: '4' }));
  expect(await idOf({})).not.toBe(await idOf({ entry: 'e2' }));
  expect(await idOf({})).not.toBe(await idOf({ leadId: 'l2' }));
});

test('a handoff is asked for as a change, always by the same name', async () => {
  const entry = await act({ action: 'handoff' });
  expect(entry).toMatchObject({ source: 'kindling.score', detailType: 'lead.handoff.asked' });
  expect(JSON.parse(entry.detail)).toMatchObject({ leadId: 'l1', kind: 'lead.handoff.asked', at: NOW });
  expect((await act({ action: 'handoff' })).detail).toBe(entry.detail);
});

test('what the bus did not take is tried again by the state machine', async () => {
  await expect(act({ action: 'handoff' }, false)).rejects.toThrow('did not take');
});

test('a task that is none is refused', async () => {
  await expect(act({ action: 'erase' })).rejects.toThrow();
});
