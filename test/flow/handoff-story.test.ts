import { createHmac } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffReport } from '../../core/report/handoffs.ts';
import type { HandoffItem } from '../../core/view/handoff.ts';
import { run } from '../cli/run.ts';
import { type Product, startProduct } from './product.ts';

/** A Monday, ten o'clock in Stockholm. */
const START = '2026-05-04T08:00:00.000Z';

let rules: string;
let product: Product;
beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'handoff-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
});
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

const now = async (): Promise<string> => (await product.get<{ now: string }>('/_local/clock')).now;
let sent = 0;
const does = async (...deeds: readonly object[]): Promise<void> => {
  const timestamp = await now();
  const message = (deed: object) => ({ userId: 'kim', messageId: `k${sent++}`, timestamp, ...deed });
  await product.send(...deeds.map(message));
  await product.idle();
};
const kim = () => product.lead('kim@alpha.example');
const handoffs = async (state = '') =>
  (await product.get<{ handoffs: HandoffItem[] }>(`/api/handoffs${state}`)).handoffs;
/** Mails about Kim to sales, as `what who when`; times are UTC. */
const toSales = async () =>
  (await product.mail()).filter(({ subject }) => /^(first|reminder|next|manager): /.test(subject));
const toldSales = async (): Promise<readonly string[]> =>
  (await toSales()).map(
    ({ subject, to, at }) =>
      `${subject.split(':')[0]} ${/(\w+)@/.exec(String(to))?.[1]} ${new Date(at).toISOString().slice(0, 16)}`,
  );
const toKim = async (): Promise<readonly string[]> =>
  (await product.mail())
    .filter(({ to }) => String(to).includes('kim@alpha.example'))
    .map(({ subject }) => subject.split(': ')[1] ?? '');
const count = async (of: 'slack' | 'teams' | 'webhooks'): Promise<number> =>
  (await product.get<unknown[]>(`/_local/${of}`)).length;

// One lead, from its first look to a won deal; each test is the next chapter.
describe('the story of a handoff', () => {
  test('a lead gets warm, and nurture writes to it', async () => {
    const traits = { email: 'kim@alpha.example', name: 'Kim Berg', title: 'Head of IT', country: 'SE' };
    await does({ type: 'identify', traits }, { type: 'page', properties: { path: '/pricing' } });
    expect(await kim()).toMatchObject({ band: 'warm', qualified: false });
    expect(await toKim()).toEqual(['welcome']);
    expect(await handoffs()).toEqual([]);
  });

  test('it qualifies, and whose turn it is hears of it by mail, Slack, Teams and webhook', async () => {
    await does({ type: 'track', event: 'Demo Booked' });
    expect(await kim()).toMatchObject({ band: 'hot', qualified: true });
    expect(await handoffs()).toMatchObject([
      { name: 'Kim Berg', owner: 'Nora North', team: 'nordic', state: 'open', asked: 1 },
    ]);
    expect(await toldSales()).toEqual(['first nora 2026-05-04T08:00']);
    expect([await count('slack'), await count('teams'), await count('webhooks')]).toEqual([1, 1, 1]);
  });

  test('four working hours later its owner is reminded', async () => {
    await product.advance('3h59m');
    expect(await toldSales()).toHaveLength(1);
    await product.advance('2m');
    expect((await toldSales()).slice(1)).toEqual(['reminder nora 2026-05-04T12:00']);
  });

  test('then the next of the team is asked, and then the manager, each with four hours of their own', async () => {
    await product.advance('24h');
    expect((await toldSales()).slice(2)).toEqual([
      // Nora's hours ended at 15:00 UTC; the fourth of them is at nine the next morning.
      'next olle 2026-05-05T08:00',
      'manager siv 2026-05-05T12:00',
    ]);
    expect(await handoffs()).toMatchObject([{ owner: 'Siv Syd', state: 'open', asked: 4 }]);
    expect([await count('slack'), await count('teams'), await count('webhooks')]).toEqual([4, 4, 4]);
  });

  test('then it stands in the list of those that nobody answered, and nobody is asked again', async () => {
    await product.advance('2d');
    expect(await handoffs('?state=unanswered')).toMatchObject([{ name: 'Kim Berg', asked: 4 }]);
    expect(await toldSales()).toHaveLength(4);
    // In the hands of sales, nurture has rested: its second mail was due after two days.
    expect(await toKim()).toEqual(['welcome']);
  });

  test('the next of the team takes it by the signed link in his mail', async () => {
    const mail = (await toSales()).find(({ to }) => String(to).includes('olle@'));
    const [, link = ''] = /href="([^"]+\/h\/[^"?]+)\?answer=accepted"/.exec(mail?.html ?? '') ?? [];
    expect((await fetch(link)).status).toBe(200);
    expect(await handoffs('?state=accepted')).toEqual([]);
    const form = new URLSearchParams({ answer: 'accepted' });
    const answered = await fetch(link, { method: 'POST', body: form });
    expect(await answered.text()).toContain('Olle Ost took it');
    await product.idle();
    expect(await handoffs('?state=unanswered')).toEqual([]);
    expect(await handoffs('?state=accepted')).toMatchObject([{ answer: { by: 'Olle Ost' } }]);
    expect((await kim()).timeline[0]).toMatchObject({ name: 'handoff.accepted' });
  });

  test('nurture stays silent while it is his', async () => {
    await product.advance('10d');
    expect(await toKim()).toEqual(['welcome']);
  });

  test('the deal is won, as the CRM says by its signed webhook', async () => {
    const [{ handoff } = { handoff: '' }] = await handoffs();
    const body = JSON.stringify({
      id: 17,
      stage: 'closedwon',
      contact: 'kim@alpha.example',
      amount: 12_000,
      handoff,
    });
    const url = `${product.url}/hooks/hubspot`;
    const time = String(Date.parse(await now()));
    const deliver = (key: string): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: {
          'x-hubspot-request-timestamp': time,
          'x-hubspot-signature-v3': createHmac('sha256', key)
            .update(`POST${url}${body}${time}`)
            .digest('base64'),
        },
        body,
      });
    expect((await deliver('a key of somebody else')).status).toBe(401);
    await product.idle();
    expect(await handoffs('?state=closed')).toEqual([]);
    expect((await deliver('a-key-of-the-local-runtime')).status).toBe(200);
    await product.idle();
    expect(await handoffs('?state=closed')).toMatchObject([
      { answer: { by: 'Olle Ost' }, deal: { what: 'won', amount: 12_000, by: 'HubSpot' } },
    ]);
  });

  test('and the report shows it, in the console’s figures and in a terminal', async () => {
    const report = await product.get<HandoffReport>('/api/report?weeks=4');
    expect(report.total).toMatchObject({ handoffs: 1, answered: 1, accepted: 1, acceptedShare: 1, won: 1 });
    expect(report.weeks.map(({ week, handoffs: each, won }) => [week, each, won])).toContainEqual([
      '2026-05-04',
      1,
      1,
    ]);
    expect(report.byBand).toMatchObject([{ band: 'hot', accepted: 1 }]);
    const { code, out } = await run([
      'report',
      '--weeks',
      '4',
      '--url',
      product.url,
      '--token',
      product.token,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('1 handed over, 1 answered: 1 accepted');
    expect(out).toContain('1 won, 0 lost');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
