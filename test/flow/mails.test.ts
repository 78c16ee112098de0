import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmailSummary } from '../../core/view/mail.ts';
import { type Product, type SentMail, startProduct } from './product.ts';

/** Monday, ten in the morning in Stockholm. */
const START = '2026-05-04T08:00:00.000Z';
const CONSENT = { purpose: 'nurture', source: 'form', at: START };
const ROOT = join(import.meta.dirname, '..', '..');
let rules: string;
let product: Product;
let ids = 0;

beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'mail-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
}, 60_000);
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

const now = async (): Promise<string> => (await product.get<{ now: string }>('/_local/clock')).now;
const message = (type: string, userId: string, timestamp: string, rest: object = {}) => ({
  type,
  userId,
  messageId: `m${(ids += 1)}`,
  timestamp,
  ...rest,
});
/** Somebody who gets warm now: a title and a look at the prices. */
const warm = (userId: string, at: string, traits: object = {}) => [
  message('identify', userId, at, {
    traits: {
      email: `${userId}@beta.example`,
      firstName: userId,
      title: 'Head of IT',
      consent: CONSENT,
      ...traits,
    },
  }),
  message('page', userId, at, { properties: { path: '/pricing' } }),
];
const mailsTo = async (userId: string): Promise<readonly (SentMail & { id: string })[]> =>
  ((await product.mail()) as (SentMail & { id: string })[]).filter(({ to }) =>
    String(to).includes(`${userId}@`),
  );
const happen = async (id: string, event: string, details: object = {}): Promise<void> => {
  const answer = await fetch(`${product.url}/_local/mail/event`, {
    method: 'POST',
    body: JSON.stringify({ id, event, details }),
  });
  expect(answer.status).toBe(200);
  await product.idle();
};

describe('mails in a running product', () => {
  test('go to who agreed, in their language, and to nobody else', async () => {
    const at = await now();
    await product.send(
      ...warm('eva', at, { locale: 'sv-SE' }),
      ...warm('tom', at),
      ...warm('noa', at, { consent: null }),
    );
    await product.idle();
    expect((await mailsTo('eva')).map(({ subject }) => subject)).toEqual(['Hej eva: välkommen']);
    expect((await mailsTo('tom')).map(({ subject }) => subject)).toEqual(['tom: welcome']);
    expect(await mailsTo('noa')).toEqual([]);
    expect((await product.lead('noa@beta.example')).mails).toMatchObject([
      { email: 'welcome', outcome: 'stopped' },
    ]);
  });

  test('a click counts when the same lead shows a page, not before, and a machine’s open never', async () => {
    const [mail] = await mailsTo('tom');
    await product.advance('1m');
    const before = await product.lead('tom@beta.example');
    await happen(mail?.id ?? '', 'Open', { userAgent: 'Mozilla/5.0' });
    await happen(mail?.id ?? '', 'Click', { link: 'https://www.kindling.example/welcome' });
    const clicked = await product.lead('tom@beta.example');
    expect(clicked.scores).toEqual(before.scores);
    const marks = (page: typeof clicked) =>
      Object.fromEntries(
        page.timeline.filter(({ name }) => name.startsWith('email.')).map((e) => [e.name, e.suspected]),
      );
    expect(marks(clicked)).toEqual({
      'email.delivered': undefined,
      'email.opened': 'opened by a machine',
      'email.clicked': 'no page followed',
    });
    await product.advance('1m');
    await product.send(message('page', 'tom', await now(), { properties: { path: '/welcome' } }));
    await product.idle();
    const came = await product.lead('tom@beta.example');
    expect(marks(came)['email.clicked']).toBeUndefined();
    expect(marks(came)['email.opened']).toBe('opened by a machine');
  });

  test('by night they wait for the lead’s own morning', async () => {
    await product.advance('12h');
    const at = await now();
    expect(at.slice(11, 13)).toBe('20');
    await product.send(...warm('kai', at), ...warm('lea', at, { timezone: 'America/Los_Angeles' }));
    await product.idle();
    // Ten in the evening in Stockholm, one in the afternoon in Los Angeles.
    expect(await mailsTo('kai')).toEqual([]);
    expect(await mailsTo('lea')).toHaveLength(1);
    expect((await product.lead('kai@beta.example')).mails).toMatchObject([{ outcome: 'later' }]);
    await product.advance('9h');
    expect(await mailsTo('kai')).toEqual([]);
    await product.advance('1h');
    expect((await mailsTo('kai')).map(({ at: sent }) => String(sent).slice(0, 13))).toEqual([
      '2026-05-05T06',
    ]);
  });

  test('a topic is called off by one click, and other topics stay', async () => {
    const [mail] = await mailsTo('lea');
    const link = /<(http[^>]+)>/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
    expect(link).not.toContain('lea');
    const oneClick = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    expect((await fetch(link, { method: 'POST', body: oneClick })).status).toBe(200);
    await product.idle();
    const { timeline } = await product.lead('lea@beta.example');
    expect(timeline.find(({ name }) => name === 'email.unsubscribed')?.properties).toEqual({ topic: 'tips' });
    const page = await (await fetch(link)).text();
    expect(page.match(/type="checkbox"/g)).toHaveLength(2);
    expect(page.match(/ checked/g)).toHaveLength(1);
    await product.advance('3d');
    expect(await mailsTo('lea')).toHaveLength(1);
  });

  test('another system’s unsubscription stops all', async () => {
    const at = await now();
    await product.send(...warm('ron', at));
    await product.idle();
    expect(await mailsTo('ron')).toHaveLength(1);
    await product.send(message('track', 'ron', at, { event: 'email.unsubscribed' }));
    await product.advance('10d');
    expect(await mailsTo('ron')).toHaveLength(1);
  });

  test('of many at once none is lost, and none goes faster than the account may send', async () => {
    const at = await now();
    const people = Array.from({ length: 60 }, (_, n) => `crowd${n}`);
    await product.send(...people.flatMap((userId) => warm(userId, at)));
    await product.idle();
    await product.advance('30m');
    const sent = (await product.mail()).filter(({ to }) => String(to).includes('crowd'));
    expect(new Set(sent.map(({ to }) => String(to))).size).toBe(60);
    expect(sent).toHaveLength(60);
    const times = sent.map((mail) => Date.parse(String(mail.at))).sort((a, b) => a - b);
    for (const time of times)
      expect(times.filter((other) => other >= time && other < time + 1_000).length).toBeLessThanOrEqual(14);
    // Smoothly: sixty at twelve and a half a second take five seconds, not the minutes of a retry.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(20_000);
  }, 60_000);

  test('are looked at before they are sent: over the API, and by the command', async () => {
    const { emails } = await product.get<{ emails: EmailSummary[] }>('/api/emails');
    expect(emails.find(({ name }) => name === 'welcome')).toMatchObject({
      locales: ['sv'],
      journeys: ['warm-up'],
      forSales: false,
    });
    const look = (query: string) =>
      product.get<{ subject: string; html: string; locale: string | null }>(
        `/api/emails/welcome/preview${query}`,
      );
    expect((await look('')).subject).toBe('Signe: welcome');
    expect((await look('?lead=unknown')).subject).toBe('Hello: welcome');
    expect(await look('?locale=sv-FI')).toMatchObject({ locale: 'sv', subject: 'Hej Signe: välkommen' });
    const { id } = await product.lead('eva@beta.example');
    const eva = await look(`?lead=${encodeURIComponent(id)}`);
    expect(eva.subject).toBe('Hej eva: välkommen');
    expect(eva.html).not.toMatch(/\/u\/[\w-]{20}/);
    for (const wrong of ['/api/emails/nothing/preview', '/api/emails/welcome/preview?lead=nobody'])
      await expect(product.get(wrong)).rejects.toThrow('404');

    const out = join(rules, 'page.html');
    const run = promisify(execFile);
    const args = [
      'mail',
      'preview',
      'welcome',
      '--rules',
      rules,
      '--url',
      product.url,
      '--lead',
      id,
      '--out',
      out,
    ];
    const { stdout } = await run(process.execPath, [join(ROOT, 'bin/kindling.js'), ...args]);
    expect(stdout).toBe(`${out}\n`);
    const page = await readFile(out, 'utf8');
    expect(page).toContain('eva: welcome');
    expect(page).toContain('Hej eva: välkommen');
    expect(page).toContain('sandbox');
  }, 60_000);
});
