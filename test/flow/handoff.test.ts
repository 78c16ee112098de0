import { createHmac } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffReport } from '../../core/report/handoffs.ts';
import type { HandoffItem } from '../../core/view/handoff.ts';
import { type Product, startProduct } from './product.ts';

/** A Monday, ten o'clock in Stockholm. */
const START = '2026-05-04T08:00:00.000Z';
const SIGNING = 'slack-signs-with-this-locally';
const KEY = `whsec_${btoa('a key of the local runtime')}`;

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
/** Makes a lead that sales should call, and answers its id. */
const qualify = async (name: string, country = 'SE'): Promise<string> => {
  const timestamp = await now();
  const message = (type: string, more: object) => ({
    type,
    userId: name,
    messageId: `m${sent++}`,
    timestamp,
    ...more,
  });
  await product.send(
    message('identify', {
      traits: { email: `${name}@${name}.example`, name, title: 'Head of IT', country },
    }),
    message('page', { properties: { path: '/pricing' } }),
    message('track', { event: 'Demo Booked' }),
  );
  await product.idle();
  return (await product.lead(`${name}@${name}.example`)).id;
};
const listed = async (state = ''): Promise<readonly HandoffItem[]> =>
  (await product.get<{ handoffs: HandoffItem[] }>(`/api/handoffs${state === '' ? '' : `?state=${state}`}`))
    .handoffs;
const mailsAbout = async (name: string) =>
  (await product.mail()).filter(
    ({ subject }) => /^(first|reminder|next|manager): /.test(subject) && subject.endsWith(name),
  );
const linkIn = (html: string, answer: string): string =>
  (new RegExp(`href="([^"]+/h/[^"?]+\\?answer=${answer})"`).exec(html)?.[1] ?? '').replaceAll('&amp;', '&');
const answer = (link: string, form: Record<string, string>): Promise<Response> =>
  fetch(link.split('?')[0] ?? '', { method: 'POST', body: new URLSearchParams(form) });

interface Shown {
  readonly id: number;
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly elements?: readonly Record<string, unknown>[];
  }[];
}
const inSlack = async (name: string): Promise<Shown[]> =>
  (await product.get<Shown[]>('/_local/slack')).filter(({ text }) => text.includes(name));

describe('a handoff that is taken in Slack', () => {
  test('is told by mail, Slack, Teams and webhook, once each, and taken by one click of two', async () => {
    const id = await qualify('ann');
    const [mail, ...others] = await mailsAbout('ann');
    expect(others).toEqual([]);
    expect(String(mail?.to)).toContain('nora@kindling.example');
    const cards = await product.get<{ message: object }[]>('/_local/teams');
    expect(cards).toHaveLength(1);
    expect(JSON.stringify(cards[0])).toContain('AdaptiveCard');
    const hooks =
      await product.get<{ headers: Record<string, string>; body: string; at: string }[]>('/_local/webhooks');
    expect(hooks).toHaveLength(1);
    // The clock is virtual: only its signature can be verified, not its age.
    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = hooks;
    const at = new Date(Number(headers['webhook-timestamp']) * 1000);
    expect(new Webhook(KEY).sign(headers['webhook-id'] ?? '', at, body)).toBe(headers['webhook-signature']);
    expect(JSON.parse(body)).toMatchObject({ type: 'handoff.opened', data: { lead: { id } } });

    const [shown] = await inSlack('ann');
    const buttons = shown?.blocks.find(({ type }) => type === 'actions')?.elements ?? [];
    expect(buttons.map((each) => each['action_id'])).toEqual([
      'handoff.accept',
      'handoff.not-now',
      'handoff.not-a-fit',
      'open',
    ]);
    const timestamp = String(Math.floor(Date.parse(await now()) / 1000));
    const payload = JSON.stringify({
      type: 'block_actions',
      user: { id: 'U1', name: 'nora.north' },
      actions: [buttons[0]],
      message: { blocks: shown?.blocks },
      response_url: `${product.url}/_local/slack/${shown?.id}`,
    });
    const form = new URLSearchParams({ payload }).toString();
    const signature = `v0=${createHmac('sha256', SIGNING).update(`v0:${timestamp}:${form}`).digest('hex')}`;
    const press = (): Promise<Response> =>
      fetch(`${product.url}/slack/actions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signature,
        },
        body: form,
      });
    expect((await Promise.all([press(), press()])).map(({ status }) => status)).toEqual([200, 200]);
    await product.idle();
    const [after] = await inSlack('ann');
    expect(JSON.stringify(after?.blocks)).toContain('nora.north took it');
    expect(JSON.stringify(after?.blocks)).not.toContain('handoff.accept');
    const { timeline } = await product.lead('ann@ann.example');
    expect(timeline.filter(({ name }) => name === 'handoff.accepted')).toHaveLength(1);
    await product.advance('3d');
    expect(await mailsAbout('ann')).toHaveLength(1);
  });

  test('and won, as the CRM says over the API', async () => {
    await product.send({
      type: 'track',
      event: 'deal.won',
      userId: 'ann',
      messageId: 'won-1',
      timestamp: await now(),
      properties: { amount: 5000, by: 'the CRM' },
    });
    await product.idle();
    expect(await listed('closed')).toMatchObject([
      { name: 'ann', state: 'closed', answer: { by: 'nora.north' }, deal: { what: 'won', amount: 5000 } },
    ]);
  });
});

describe('a handoff that is answered by the links in its mail', () => {
  test('not a fit, with the reason that takes points; looking at the link does nothing', async () => {
    await qualify('ben');
    const [mail] = await mailsAbout('ben');
    // Their turns: the first went to Nora.
    expect(String(mail?.to)).toContain('olle@kindling.example');
    const link = linkIn(mail?.html ?? '', 'not-a-fit');
    const seen = await fetch(link);
    expect(seen.status).toBe(200);
    expect(await seen.text()).toContain('Company too small');
    expect(link).not.toContain('@');
    expect((await listed('open')).map(({ name }) => name)).toEqual(['ben']);
    expect((await answer(`${link.split('?')[0]}x`, { answer: 'accepted' })).status).toBe(400);
    const said = await answer(link, { answer: 'not-a-fit', reason: 'too-small' });
    expect(await said.text()).toContain('Not a fit (Company too small), says Olle Ost');
    await product.idle();
    const page = await product.lead('ben@ben.example');
    expect(page.scores).toMatchObject({ sales: -40 });
    expect(page.timeline.find(({ name }) => name === 'handoff.rejected')).toMatchObject({
      properties: { reason: 'too-small', by: 'Olle Ost' },
    });
  });
});

describe('a handoff that nobody answers', () => {
  test('is reminded of, passed on, told to the manager, and listed', async () => {
    await qualify('eve');
    await product.advance('8d');
    const mails = await mailsAbout('eve');
    expect(mails.map(({ subject, to }) => `${subject} ${String(to)}`)).toEqual([
      expect.stringMatching(/^first: eve .*nora@/),
      expect.stringMatching(/^reminder: eve .*nora@/),
      expect.stringMatching(/^next: eve .*olle@/),
      expect.stringMatching(/^manager: eve .*siv@/),
    ]);
    // Thursday at ten: four hours of work each, from nine to five.
    expect(mails.map(({ at }) => new Date(at).toISOString().slice(0, 16))).toEqual([
      '2026-05-07T08:00',
      '2026-05-07T12:00',
      '2026-05-08T08:00',
      '2026-05-08T12:00',
    ]);
    expect(await inSlack('eve')).toHaveLength(4);
    expect(await listed('unanswered')).toMatchObject([
      { name: 'eve', state: 'unanswered', asked: 4, owner: 'Siv Syd' },
    ]);
  });

  test('can still be taken by the first who was asked', async () => {
    const [mail] = await mailsAbout('eve');
    await answer(linkIn(mail?.html ?? '', 'accepted'), { answer: 'accepted' });
    expect(await listed('unanswered')).toEqual([]);
    expect(await listed('accepted')).toMatchObject([{ answer: { by: 'Nora North' } }]);
  });
});

test('the report counts them', async () => {
  const report = await product.get<HandoffReport>('/api/report?weeks=4');
  expect(report.total).toMatchObject({
    handoffs: 3,
    answered: 3,
    accepted: 2,
    notAFit: 1,
    won: 1,
    acceptedShare: 2 / 3,
    wonShare: 1,
  });
  expect(report.byRule.length).toBeGreaterThan(1);
  expect(report.reasons).toEqual([{ reason: 'too-small', handoffs: 1 }]);
});

describe('two leads that turn out to be one person', () => {
  test('go on with the older handoff alone: one is reminded, and the buttons of both answer it', async () => {
    const [first, second] = [await qualify('una'), await qualify('uma')];
    // Mails to sales go one behind the other.
    await product.advance('1m');
    const openNow = async () => (await listed('open')).map(({ name }) => name);
    expect(await openNow()).toEqual(expect.arrayContaining(['una', 'uma']));
    // A server says that they are one; the older lead stays, under the name that was said last.
    const timestamp = await now();
    const alias = { type: 'alias', userId: 'una', previousId: 'uma', messageId: 'alias-1', timestamp };
    await product.send(alias);
    await product.idle();
    await product.advance('15m');
    const ofBoth = (await listed()).filter(
      ({ handoff }) => handoff.includes(first) || handoff.includes(second),
    );
    expect(ofBoth.map(({ handoff, state, mergedInto }) => [handoff, state, mergedInto])).toEqual(
      expect.arrayContaining([
        [`lead/${first}/1`, 'open', null],
        [`lead/${second}/1`, 'closed', `lead/${first}/1`],
      ]),
    );
    const before = await mailsAbout('una');
    const told = await mailsAbout('uma');
    await product.advance('8d');
    const reminders = (await product.mail()).filter(({ subject }) =>
      /^(reminder|next|manager): u[nm]a/.test(subject),
    );
    expect(reminders.map(({ subject }) => subject.split(':')[0])).toEqual(['reminder', 'next', 'manager']);
    expect([before.length, told.length]).toEqual([1, 1]);
    // Whoever was asked about the one that is closed takes the other.
    await answer(linkIn(told[0]?.html ?? '', 'accepted'), { answer: 'accepted' });
    await product.idle();
    const by = /nora/.test(String(told[0]?.to)) ? 'Nora North' : 'Olle Ost';
    expect((await listed('accepted')).filter(({ handoff }) => handoff === `lead/${first}/1`)).toMatchObject([
      { answer: { by } },
    ]);
    const { total } = await product.get<HandoffReport>('/api/report?weeks=8');
    expect(total).toMatchObject({ handoffs: 4, accepted: 3 });
  });
});
