import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QuarantineItem, Replayed } from '../../../core/view/event.ts';
import type { LeadList, LeadPage } from '../../../core/view/lead.ts';
import { tableQuarantine } from '../../../functions/aws/quarantine.ts';
import { type Answer, type Backend, startBackend } from '../read/backend.ts';

const START = Date.parse('2026-05-01T08:00:00Z');
const DAY = 86_400_000;

let backend: Backend;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  backend = await startBackend();
});
afterEach(async () => {
  vi.useRealTimers();
  await backend.stop();
});

const waiting = async (): Promise<readonly QuarantineItem[]> =>
  ((await backend.get('/api/quarantine')).body as { items: QuarantineItem[] }).items;
const replay = (items: readonly object[]): Promise<Answer> =>
  backend.post('/api/quarantine/replay', { items });
/** What an older version of the product refused, whatever it is. */
const keep = (id: string, message: unknown, scope: 'browser' | 'server' = 'server'): Promise<void> =>
  tableQuarantine(backend.table).put({
    id,
    scope,
    receivedAt: START,
    reason: 'not known then',
    raw: typeof message === 'string' ? message : JSON.stringify(message),
  });
const demo = { type: 'track', event: 'Demo Booked', userId: 'ann', messageId: 'd' };
const page = async (): Promise<LeadPage | null> => {
  const { leads } = (await backend.get('/api/leads')).body as LeadList;
  return leads[0] ? ((await backend.get(`/api/leads/${leads[0].id}`)).body as LeadPage) : null;
};

describe('a message that was refused', () => {
  test('is taken after all, at the time at which it came, and is out of quarantine', async () => {
    await keep('a1', demo);
    vi.setSystemTime(START + 3 * DAY);
    const { status, body } = await replay([{ id: 'a1' }]);
    expect([status, body]).toEqual([202, { taken: ['a1'], refused: [] }]);
    expect(await waiting()).toEqual([]);
    expect((await page())?.timeline).toMatchObject([{ id: 'd', at: START, name: 'Demo Booked' }]);
  });

  test('keeps the time that its sender gave, also where we wrote it down in our way', async () => {
    await keep('a1', { ...demo, key: '2026-04-30T08:00:00.000Z', occurredAt: START - DAY, context: {} });
    await replay([{ id: 'a1' }]);
    expect((await page())?.timeline).toMatchObject([{ at: START - DAY }]);
  });

  test('counts once, however often it is replayed', async () => {
    await keep('a1', demo);
    await replay([{ id: 'a1' }]);
    await keep('a1', demo);
    await replay([{ id: 'a1' }]);
    expect((await page())?.timeline).toHaveLength(1);
  });

  test('that is still wrong stays, and is told why; its neighbours go', async () => {
    await keep('a1', { ...demo, event: '' });
    await keep('a2', demo);
    await keep('a3', '{"type":"tra');
    const items = ['a1', 'a2', 'a3', 'a4'].map((id) => ({ id }));
    expect((await replay(items)).body).toEqual({
      taken: ['a2'],
      refused: [
        { id: 'a1', reason: 'a track without an event' },
        { id: 'a3', reason: 'only a part of it was kept: it was too long' },
        { id: 'a4', reason: 'it is not in quarantine any more' },
      ],
    } satisfies Replayed);
    expect((await waiting()).map(({ id }) => id).sort()).toEqual(['a1', 'a3']);
  });

  test('that scoring refuses once more stays where it was, for the reason that it has now', async () => {
    await keep('a1', { ...demo, userId: 'undefined' });
    expect((await replay([{ id: 'a1' }])).status).toBe(202);
    expect(await waiting()).toMatchObject([
      { id: 'a1', at: START, reason: expect.stringContaining('undefined') as string },
    ]);
  });

  test('is trusted no further than its sender was', async () => {
    await keep('a1', { ...demo, event: 'deal.won' }, 'browser');
    expect((await replay([{ id: 'a1' }])).body).toEqual({
      taken: [],
      refused: [{ id: 'a1', reason: 'a browser key may not send deal.won' }],
    });
  });
});

test.each([{}, { items: [] }, { items: [{ id: 'LEAD' }] }, { items: [{}] }, []])(
  'what names no message is refused: %j',
  async (body) => {
    expect((await backend.post('/api/quarantine/replay', body)).status).toBe(400);
  },
);
