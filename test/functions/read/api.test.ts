import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LeadList, LeadPage } from '../../../core/view/lead.ts';
import { UNCONFIRMED } from '../../../core/message/clicks.ts';
import { tableLeads } from '../../../functions/aws/leads.ts';
import { handoffKey, mailKey } from '../../../functions/aws/keys.ts';
import { requestEvent } from '../ingest/gateway.ts';
import { type Backend, startBackend } from './backend.ts';

const START = Date.parse('2026-05-01T08:00:00Z');
const DAY = 86_400_000;

let backend: Backend;
let ids = 0;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  backend = await startBackend();
});
afterEach(async () => {
  vi.useRealTimers();
  await backend.stop();
});

const pass = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms);
};
const event = (fields: object): object => ({
  messageId: `m${++ids}`,
  timestamp: new Date().toISOString(),
  ...fields,
});
const pricing = (userId: string): object => event({ type: 'page', userId, properties: { path: '/pricing' } });
const demo = (userId: string): object => event({ type: 'track', event: 'Demo Booked', userId });
const identify = (userId: string, traits: object): object => event({ type: 'identify', userId, traits });

const list = async (query = ''): Promise<LeadList> => {
  const { status, body } = await backend.get(`/api/leads${query}`);
  expect(status).toBe(200);
  return body as LeadList;
};
const idOf = async (email: string): Promise<string> =>
  (await list(`?q=${encodeURIComponent(email)}`)).leads[0]?.id ?? '';
const page = async (id: string): Promise<LeadPage> => {
  const { status, body } = await backend.get(`/api/leads/${encodeURIComponent(id)}`);
  expect(status).toBe(200);
  return body as LeadPage;
};

describe('lists', () => {
  test('are sorted by the score now, not by the one that was stored', async () => {
    await backend.send(
      identify('fades', { name: 'Fades' }),
      ...Array.from({ length: 4 }, () => pricing('fades')),
      identify('stays', { name: 'Stays' }),
      demo('stays'),
    );
    const named = async (): Promise<[string | null, number][]> =>
      (await list('?band=warm')).leads.map(({ name, total }) => [name, total]);
    expect(await named()).toEqual([
      ['Fades', 40],
      ['Stays', 30],
    ]);
    pass(7 * DAY);
    expect(await named()).toEqual([
      ['Stays', 30],
      ['Fades', 28.284271],
    ]);
  });

  test('hold the whole summary', async () => {
    await backend.send(
      identify('u', { email: 'Ann@Example.com', name: 'Ann Lee', title: 'CTO' }),
      pricing('u'),
    );
    expect((await list()).leads).toEqual([
      {
        id: expect.any(String) as string,
        email: 'ann@example.com',
        name: 'Ann Lee',
        band: 'warm',
        total: 30,
        scores: { engagement: 10, fit: 20, product: {} },
        grade: 'A',
        group: null,
        qualified: false,
        lastActivity: START,
        nextChange: null,
      },
    ]);
  });

  test('of all bands begin with the highest', async () => {
    await backend.send(demo('warm'), pricing('cold'), demo('hot'), demo('hot'));
    expect((await list()).leads.map(({ band, total }) => [band, total])).toEqual([
      ['hot', 60],
      ['warm', 30],
      ['cold', 10],
    ]);
    expect((await list('?band=cold')).leads).toHaveLength(1);
  });

  test('come in pages that hold every lead once, though time passes between them', async () => {
    const people = Array.from({ length: 23 }, (_, n) => `u${n}`);
    await backend.send(
      ...people.flatMap((user, n) => [pricing(user), ...(n % 2 === 0 ? [pricing(user)] : [])]),
    );
    const seen: string[] = [];
    const totals: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; pass(60_000)) {
      const answer: LeadList = await list(`?limit=5&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...answer.leads.map(({ id }) => id));
      totals.push(...answer.leads.map(({ total }) => total));
      cursor = answer.cursor;
    }
    expect(seen).toHaveLength(23);
    expect(new Set(seen).size).toBe(23);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
  });

  test('read only the leads that have changed since they were looked at', async () => {
    await backend.send(pricing('a'), pricing('b'), pricing('c'));
    await list();
    expect(backend.logsRead).toHaveLength(3);
    pass(DAY);
    await list();
    expect(backend.logsRead).toHaveLength(3);
    await backend.send(pricing('b'));
    const { leads } = await list();
    expect(backend.logsRead).toHaveLength(4);
    expect(leads[0]?.total).toBeGreaterThan(19);
  });

  test('show a change of band when it is due, not when it is stored', async () => {
    await backend.send(pricing('u'), pricing('u'));
    const [before] = (await list('?band=warm')).leads;
    expect(before).toMatchObject({ band: 'warm', nextChange: { band: 'cold' } });
    vi.setSystemTime((before?.nextChange?.at ?? 0) + 1);
    expect((await list('?band=warm')).leads).toMatchObject([{ id: before?.id, band: 'cold' }]);
  });

  test('are found by the whole e-mail in any spelling, or by how the name begins', async () => {
    await backend.send(
      identify('a', { email: 'ann@example.com', name: 'Ann Lee' }),
      identify('b', { email: 'bob@example.com', name: 'Anna Bell' }),
      identify('c', { name: 'Carl' }),
    );
    const found = async (q: string): Promise<(string | null)[]> =>
      (await list(`?q=${encodeURIComponent(q)}`)).leads.map(({ name }) => name).sort();
    expect(await found('ANN@Example.com')).toEqual(['Ann Lee']);
    expect(await found('ann')).toEqual(['Ann Lee', 'Anna Bell']);
    expect(await found(' Anna ')).toEqual(['Anna Bell']);
    expect(await found('nobody@example.com')).toEqual([]);
    expect(await found('lee')).toEqual([]);
    expect((await list('?q=ann&band=hot')).leads).toEqual([]);
  });

  test.each(['?band=lukewarm', '?limit=0', '?limit=501', '?limit=ten', '?cursor=x', '?cursor=WzFd'])(
    '%s is refused',
    async (query) => {
      const { status, body } = await backend.get(`/api/leads${query}`);
      expect(status).toBe(400);
      expect(body).toEqual({ error: expect.any(String) as string });
    },
  );
});

describe('a lead’s page', () => {
  test('says where they stand, why, what happened and what comes', async () => {
    await backend.send(
      identify('u', { email: 'ann@acme.example', name: 'Ann', title: 'CTO' }),
      event({ type: 'group', userId: 'u', groupId: 'acme', traits: { employees: 50 } }),
      pricing('u'),
    );
    pass(14 * DAY);
    await backend.send(demo('u'));
    pass(DAY);
    const lead = await page(await idOf('ann@acme.example'));
    const engagement = 30 + 10 * 2 ** (-15 / 14);

    expect(lead).toMatchObject({
      name: 'Ann',
      band: 'hot',
      qualified: true,
      attributes: { email: 'ann@acme.example', name: 'Ann', title: 'CTO' },
      account: { id: 'acme', attributes: { employees: 50 } },
      bandSince: START + 14 * DAY,
    });
    expect(lead.total).toBeCloseTo(20 + engagement, 5);
    expect(
      lead.contributions.map(({ rule, score, why, events, sentence }) => [
        rule,
        score,
        why,
        events.length,
        sentence === '',
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['pricing-page', 'engagement', 'Looking at prices is thinking about buying.', 1, false],
        ['demo', 'engagement', 'They asked for us.', 1, false],
        ['decides', 'fit', 'Who decides can buy.', 0, false],
      ]),
    );
    expect(lead.contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(lead.total, 5);
    expect(lead.timeline.map(({ type, name }) => [type, name])).toEqual([
      ['track', 'Demo Booked'],
      ['page', 'page'],
      ['group', ''],
      ['identify', ''],
    ]);
    expect(lead.timeline[2]?.properties).toEqual({ employees: 50, groupId: 'acme' });

    expect(lead.history.length).toBeLessThanOrEqual(200);
    expect(lead.history.map(({ at }) => at)).toEqual(lead.history.map(({ at }) => at).sort((a, b) => a - b));
    expect(lead.history[0]).toMatchObject({
      at: START,
      total: 30,
      band: 'warm',
      scores: { engagement: 10, fit: 20 },
    });
    expect(lead.history.find(({ at }) => at === START + 14 * DAY)).toMatchObject({ total: 55, band: 'hot' });
    expect(lead.history.at(-1)).toMatchObject({ at: Date.now(), total: lead.total, band: 'hot' });
  });

  test('foretells what happens if nothing else does', async () => {
    await backend.send(identify('u', { email: 'ann@example.com' }), pricing('u'), pricing('u'));
    const lead = await page(await idOf('ann@example.com'));
    expect(lead.nextChange).toMatchObject({ band: 'cold' });
    expect(lead.forecast).toMatch(/^Turns cold on/);
  });

  test('lists mails and handoffs, newest first; what nobody knows the end of is unknown', async () => {
    await backend.send(identify('u', { email: 'ann@example.com' }));
    const id = await idOf('ann@example.com');
    const claim = { journey: 'welcome', step: '0', visit: 0, entry: 'e', email: 'first', by: 'x' };
    await backend.table.put({
      ...mailKey(id, 'e', '0', '0'),
      ...claim,
      subject: 'Hello',
      at: 1,
      outcome: 'sent',
    });
    await backend.table.put({ ...mailKey(id, 'e', '1', '0'), ...claim, step: '1', subject: null, at: 2 });
    await backend.table.put({
      ...handoffKey(id, 1),
      entry: 1,
      at: 3,
      state: 'open',
      owner: { name: 'Sam', email: 's@x.example' },
    });
    expect(await page(id)).toMatchObject({
      mails: [
        { journey: 'welcome', step: '1', email: 'first', subject: null, at: 2, outcome: 'unknown' },
        { journey: 'welcome', step: '0', email: 'first', subject: 'Hello', at: 1, outcome: 'sent' },
      ],
      handoffs: [{ handoff: `lead/${id}/1`, owner: 'Sam', at: 3, asked: 1, state: 'open', answer: null }],
      reasons: { 'too-small': 'Company too small' },
    });
  });

  test('of a lead that was merged is the survivor’s', async () => {
    await backend.send(identify('old', { email: 'old@example.com' }));
    pass(1_000);
    await backend.send(identify('new', { email: 'new@example.com' }));
    const [old, young] = [await idOf('old@example.com'), await idOf('new@example.com')];
    await backend.send(event({ type: 'alias', userId: 'new', previousId: 'old' }));
    expect((await page(young)).id).toBe(old);
    expect((await page(old)).timeline).toHaveLength(3);
  });

  test('of a lead with many events stays within 200 points and one answer', async () => {
    const filler = 'x'.repeat(20_000);
    await backend.send(identify('u', { email: 'ann@example.com' }));
    for (let round = 0; round < 12; round += 1) {
      pass(3_600_000);
      await backend.send(
        ...Array.from({ length: 20 }, (_, n) =>
          event({
            type: 'track',
            event: 'Long',
            userId: 'u',
            properties: { filler },
            timestamp: new Date(Date.now() - n * 1_000).toISOString(),
          }),
        ),
      );
    }
    const answer = await backend.api(
      requestEvent('GET', `/api/leads/${await idOf('ann@example.com')}`, {}, Buffer.alloc(0)),
      {} as Context,
    );
    const lead = JSON.parse(answer.body ?? '') as LeadPage;
    expect(lead.history).toHaveLength(200);
    expect(answer.body?.length).toBeLessThan(5_000_000);
    expect(lead.timeline.length).toBeGreaterThan(100);
  });

  test.each(['nobody', '%', `${'x'.repeat(3_000)}`, '%00', '..'])('of %j does not exist', async (id) => {
    expect((await backend.get(`/api/leads/${id}`)).status).toBe(404);
  });
});

describe('the rest', () => {
  test('bands, lowest first, with how many stand in each', async () => {
    await backend.send(demo('warm'), pricing('cold-1'), pricing('cold-2'));
    expect((await backend.get('/api/bands')).body).toEqual({
      bands: [
        { name: 'cold', enter: 0, leave: 0, leads: 2, more: false },
        { name: 'warm', enter: 20, leave: 20, leads: 1, more: false },
        { name: 'hot', enter: 50, leave: 40, leads: 0, more: false },
      ],
    });
  });

  test('the quarantine, newest first, whoever refused it', async () => {
    await backend.send({ type: 'track', userId: 'u', messageId: 'bad' });
    pass(DAY);
    await backend.send(event({ type: 'page', userId: 'undefined' }));
    const { items } = (await backend.get('/api/quarantine')).body as {
      items: { reason: string; at: number; message: object }[];
    };
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ at: START + DAY, message: { userId: 'undefined' } });
    expect(items[1]).toMatchObject({
      at: START,
      reason: 'a track without an event',
      message: { type: 'track', userId: 'u', messageId: 'bad' },
    });
  });

  test('a message that its client sends again, days later too, is in quarantine once, since it came first', async () => {
    const nameless = { type: 'track', userId: 'u', messageId: 'bad' };
    const nobody = {
      type: 'page',
      userId: 'undefined',
      messageId: 'nobody',
      timestamp: '2026-04-30T08:00:00Z',
    };
    for (let time = 0; time < 3; time += 1) {
      const sentAt = new Date(Date.now() - time * 5_000).toISOString();
      await backend.send({ ...nameless, sentAt }, event({ ...nobody, sentAt }));
      pass(DAY);
    }
    const { items } = (await backend.get('/api/quarantine')).body as { items: { at: number }[] };
    expect(items.map(({ at }) => at)).toEqual([START, START]);
  });

  test('many large messages in quarantine stay readable: the newest whole, of the others the beginning', async () => {
    const large = Array.from({ length: 60 }, (_, n) => ({ type: 'track', n, a: 'x'.repeat(60_000) }));
    for (const one of large) {
      pass(1_000);
      await backend.send(one);
    }
    const { body } = await backend.get('/api/quarantine');
    const { items } = body as { items: { message: { n: number } | string }[] };
    expect(items).toHaveLength(60);
    expect(items[0]?.message).toMatchObject({ n: 59 });
    expect(items.at(-1)?.message).toMatch(/^\{"type":"track","n":0,.*…$/);
    expect(JSON.stringify(body).length).toBeLessThan(3_000_000);
  });

  test('where to sign in', async () => {
    expect((await backend.get('/api/config')).body).toEqual({
      issuer: 'https://issuer.example',
      clientId: 'client',
    });
  });

  test.each(['/api', '/api/nothing', '/api/leads/a/b', '/api/bands/x', '/leads'])(
    'nothing lives at %s',
    async (path) => {
      expect((await backend.get(path)).status).toBe(404);
    },
  );
});

test('says what was live, newest first, and what scores beside it', async () => {
  const { status, body } = await backend.get('/api/rulesets');
  expect(status).toBe(200);
  expect(body).toMatchObject({ published: [{ epoch: 1, at: START }], challenger: null });
});

describe('as it was', () => {
  const pageAt = async (id: string, at: number): Promise<LeadPage> => {
    const { status, body } = await backend.get(
      `/api/leads/${encodeURIComponent(id)}?at=${new Date(at).toISOString()}`,
    );
    expect(status).toBe(200);
    return body as LeadPage;
  };

  test('a click counted for nothing until the page came that confirmed it', async () => {
    await backend.send(identify('clicks', { email: 'clicks@example.com' }));
    const id = await idOf('clicks@example.com');
    pass(DAY);
    const clickedAt = Date.now();
    const click = {
      id: 'click',
      occurredAt: clickedAt,
      type: 'track',
      name: 'email.clicked',
      properties: {},
    } as const;
    const leads = tableLeads(backend.table, { due: 2, band: 3 });
    await leads.put(
      id,
      { event: { ...click, suspected: UNCONFIRMED }, sentAs: new Date(clickedAt).toISOString() },
      null,
    );
    pass(60_000);
    await backend.send(pricing('clicks'));
    const markOf = ({ timeline }: LeadPage): string | undefined =>
      timeline.find(({ name }) => name === 'email.clicked')?.suspected;
    expect(markOf(await page(id))).toBeUndefined();
    expect(markOf(await pageAt(id, clickedAt + 30_000))).toBe(UNCONFIRMED);
    expect(markOf(await pageAt(id, clickedAt + 60_000))).toBeUndefined();
  });

  test('before a merge, a lead had done only what was known of it', async () => {
    await backend.send(identify('older', { email: 'older@example.com' }), pricing('older'));
    pass(60_000);
    await backend.send(identify('younger', { email: 'younger@example.com' }), demo('younger'));
    pass(DAY);
    const before = Date.now();
    const id = await idOf('older@example.com');
    const then = await page(id);
    pass(60_000);
    await backend.send(event({ type: 'alias', userId: 'older', previousId: 'younger' }));
    const now = await page(id);
    expect(now.contributions.map(({ rule }) => rule).sort()).toEqual(['demo', 'pricing-page']);
    const told = await pageAt(id, before);
    expect(told.contributions).toEqual(then.contributions);
    expect([told.total, told.band]).toEqual([then.total, then.band]);
    // And from the merge on it is all one.
    expect((await pageAt(id, Date.now())).total).toBe(now.total);
  });
});
