import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LeadList, LeadPage } from '../../../core/view/lead.ts';
import { type Answer, type Backend, startBackend } from '../read/backend.ts';

const START = Date.parse('2026-05-01T08:00:00Z');
const DAY = 86_400_000;

let backend: Backend;
let id: string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  backend = await startBackend();
  await backend.send({
    type: 'identify',
    userId: 'ann',
    messageId: 'i',
    traits: { email: 'ann@acme.example' },
  });
  const { body } = await backend.get('/api/leads?q=ann@acme.example');
  id = (body as LeadList).leads[0]?.id ?? '';
});
afterEach(async () => {
  vi.useRealTimers();
  await backend.stop();
});

const page = async (): Promise<LeadPage> => (await backend.get(`/api/leads/${id}`)).body as LeadPage;
const adjust = (body: unknown, ...rest: [as?: Record<string, string>, headers?: Record<string, string>]) =>
  backend.post(`/api/leads/${id}/adjustments`, body, ...rest);
const refused = ({ status, body }: Answer): string => {
  expect(status).toBe(400);
  return (body as { error: string }).error;
};

describe('a person adds or takes points', () => {
  test('and it is an event with who and why', async () => {
    vi.setSystemTime(START + 1_000);
    const { status, body } = await adjust({ score: 'engagement', points: 25, why: ' Met at the fair ' });
    expect(status).toBe(202);
    const lead = await page();
    expect(body).toEqual({ id: lead.timeline[0]?.id, lead: id });
    expect(lead).toMatchObject({
      total: 25,
      band: 'warm',
      scores: { engagement: 25 },
      adjustments: [
        {
          score: 'engagement',
          key: null,
          points: 25,
          why: 'Met at the fair',
          by: 'freja@lantern.example',
          until: null,
          counts: true,
          sentence: 'freja@lantern.example added 25 points to engagement: “Met at the fair”',
        },
      ],
    });
    expect(lead.timeline[0]).toMatchObject({
      name: 'score.adjusted',
      properties: { points: 25, why: 'Met at the fair', by: 'freja@lantern.example' },
    });
  });

  test('for a time: a bare date includes its day, and then it shows as over', async () => {
    await adjust({ score: 'engagement', points: -4, why: 'On leave', until: '2026-05-02' });
    expect((await page()).adjustments[0]).toMatchObject({
      until: START - 8 * 3_600_000 + 2 * DAY,
      sentence: 'freja@lantern.example took 4 points from engagement: “On leave”, until 2 May',
    });
    vi.setSystemTime(START + 2 * DAY);
    expect((await page()).adjustments[0]).toMatchObject({
      counts: false,
      sentence: 'freja@lantern.example took 4 points from engagement: “On leave”, which ended on 2 May',
    });
    expect((await page()).total).toBe(0);
  });

  test('for one key of a keyed score', async () => {
    await adjust({ score: 'product', product: 'planner', points: 7, why: 'Asked on the phone' });
    expect(await page()).toMatchObject({
      scores: { product: { planner: 7 } },
      adjustments: [{ score: 'product', key: 'planner', points: 7 }],
      keyedBy: { product: 'product', engagement: null },
      weights: { engagement: 1, fit: 1 },
    });
  });

  test('by whom the token names, whatever the body says', async () => {
    expect(refused(await adjust({ score: 'fit', points: 1, why: 'w', by: 'ceo@lantern.example' }))).toBe(
      'nothing is called "by" here',
    );
    await adjust({ score: 'fit', points: 1, why: 'w' }, { sub: '77', name: 'Noor Haddad' });
    expect((await page()).adjustments[0]?.by).toBe('Noor Haddad');
    expect(refused(await adjust({ score: 'fit', points: 1, why: 'w' }, {}))).toContain('who is signed in');
  });

  test('once, however often the same request comes', async () => {
    const once = { 'idempotency-key': 'k1' };
    const first = await adjust({ score: 'fit', points: 5, why: 'w' }, undefined, once);
    vi.setSystemTime(START + DAY);
    const again = await adjust({ score: 'fit', points: 5, why: 'w' }, undefined, once);
    expect(again).toEqual(first);
    expect((await page()).scores['fit']).toBe(5);
    expect((await page()).adjustments).toHaveLength(1);
    await adjust({ score: 'fit', points: 5, why: 'w' }, { email: 'noor@lantern.example' }, once);
    await adjust({ score: 'fit', points: 5, why: 'w' });
    await adjust({ score: 'fit', points: 5, why: 'w' });
    expect((await page()).scores['fit']).toBe(20);
  });

  test('and takes them back: the opposite, that names what it undoes', async () => {
    const { body } = await adjust({ score: 'fit', points: 5, why: 'w' });
    const undoes = (body as { id: string }).id;
    await adjust({ score: 'fit', points: -5, why: 'A mistake', undoes });
    const { adjustments, total } = await page();
    expect(total).toBe(0);
    expect(adjustments.map((each) => each.undoes).sort()).toEqual([undoes, null].sort());
  });
});

describe('what cannot be is refused, with how to mend it, and changes nothing', () => {
  test.each([
    [{ score: 'fit', points: 0, why: 'w' }, 'points must be a number other than 0'],
    [{ score: 'fit', points: '5', why: 'w' }, 'points must be a number'],
    ['{"score":"fit","points":1e999,"why":"w"}', 'points must be a number'],
    [{ score: 'fit', points: 5, why: '  ' }, 'why must say the reason'],
    [{ score: 'fit', points: 5, why: 'w'.repeat(501) }, 'why must say the reason'],
    [
      { score: 'engagment', points: 5, why: 'w' },
      'score must be one of engagement, fit, product; did you mean engagement?',
    ],
    [{ score: 'product', points: 5, why: 'w' }, 'say which product the points are for, as "product"'],
    [{ score: 'product', product: 5, points: 5, why: 'w' }, 'say which product'],
    [{ score: 'fit', product: 'planner', points: 5, why: 'w' }, 'nothing is called "product" here'],
    [{ score: 'fit', points: 5, why: 'w', until: 'soon' }, 'until must be a date'],
    [{ score: 'fit', points: 5, why: 'w', until: '2026-04-30' }, 'until is over already'],
    [[], 'the body must be an object'],
    ['{', 'the body is not JSON'],
  ])('%j', async (body, reason) => {
    expect(refused(await adjust(body))).toContain(reason);
    expect((await page()).timeline).toHaveLength(1);
  });

  test('nobody by that id', async () => {
    const { status, body } = await backend.post('/api/leads/nobody/adjustments', {
      score: 'fit',
      points: 5,
      why: 'w',
    });
    expect([status, body]).toEqual([404, { error: 'there is no such lead' }]);
    expect((await backend.post('/api/leads', {})).status).toBe(404);
  });
});
