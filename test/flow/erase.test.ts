import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountPage } from '../../core/view/account.ts';
import type { HandoffList } from '../../core/view/handoff.ts';
import type { ErasedList, ErasureDone, ErasurePreview } from '../../core/view/erasure.ts';
import { run } from '../cli/run.ts';
import { rulesWithAccounts } from './account-rules.ts';
import { type Product, startProduct } from './product.ts';
import { readItems } from './stored.ts';

const START = '2026-05-04T08:00:00.000Z';
const at = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();

let rules: string;
let product: Product;
beforeAll(async () => {
  rules = await rulesWithAccounts();
  await appendFile(join(rules, 'handoff.yaml'), 'answer_within: 4h\n');
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
});
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

const message = (userId: string, messageId: string, fields: object) => ({
  type: 'page',
  userId,
  messageId,
  timestamp: START,
  ...fields,
});
const identify = (userId: string, firstName: string, title: string) =>
  message(userId, `i-${userId}`, {
    type: 'identify',
    anonymousId: `browser-of-${userId}`,
    traits: {
      email: `${userId}@beta.example`,
      firstName,
      lastName: 'Quartz',
      title,
      phone: `+46 ${userId}`,
    },
  });
const pricing = (userId: string, messageId: string) =>
  message(userId, messageId, { properties: { path: '/pricing', note: `for ${userId}` } });

/** Zoe is handed over, and with Eve their company; Yan is on a journey. */
const FIRST = [
  identify('zoe-u1', 'Zoeluminous', 'Head of IT'),
  pricing('zoe-u1', 'p1'),
  message('zoe-u1', 't1', { type: 'track', event: 'Demo Booked' }),
  identify('eve-u3', 'Evergreen', 'Student'),
  pricing('eve-u3', 'p3'),
  pricing('eve-u3', 'p4'),
  identify('yan-u2', 'Yanderling', 'Head of Growth'),
  pricing('yan-u2', 'p2'),
];
/** One that is refused and kept, and speaks of Zoe. */
const REFUSED = { type: 'track', userId: 'zoe-u1', messageId: 'bad', properties: { of: 'Zoeluminous' } };
const OF_ZOE = ['zoe-u1', 'Zoeluminous', '+46 zoe'];
const OF_YAN = ['Yanderling', '+46 yan', 'yan-u2@'];

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(product.url + path, {
    ...init,
    headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
  });
const remove = (lead: string, body: object): Promise<Response> =>
  ask(`/api/leads/${lead}`, { method: 'DELETE', body: JSON.stringify(body) });
const mailsTo = async (part: string) =>
  (await product.mail()).filter(({ to }) => JSON.stringify(to).includes(part));
const kindling = (...args: string[]) => run([...args, '--url', product.url]);

describe('a person who is erased', () => {
  let zoe: string;
  let yan: string;

  test('was known everywhere', async () => {
    await product.send(...FIRST, REFUSED);
    await product.advance('2h');
    const [first, second] = [
      await product.lead('zoe-u1@beta.example'),
      await product.lead('yan-u2@beta.example'),
    ];
    [zoe, yan] = [first.id, second.id];
    expect(first.handoffs).toMatchObject([{ state: 'open' }]);
    expect(second.mails).toMatchObject([{ email: 'welcome', outcome: 'sent' }]);
    const { leads, handoffs } = await product.get<AccountPage>('/api/accounts/beta.example');
    expect(leads.map(({ id }) => id)).toContain(zoe);
    expect(handoffs).toHaveLength(1);
    expect(await product.quarantine()).toHaveLength(1);
  });

  test('is shown with all that would go, and nothing goes before it is said', async () => {
    const preview = await product.get<ErasurePreview>(`/api/leads/${zoe}/erasure`);
    expect(preview).toMatchObject({
      email: 'zoe-u1@beta.example',
      handoffs: 1,
      keys: { users: 1, emails: 1, anonymous: 1 },
      refused: 1,
    });
    const dry = await kindling('erase', 'yan-u2');
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain('Yanderling Quartz, yan-u2@beta.example');
    expect(dry.out).toMatch(/\d+ events, 1 message sent, 0 handoffs, \d journeys?\n/);
    expect(dry.out).toContain('Nothing is erased yet.');
    expect((await kindling('erase', 'yan-u2', '--yes')).err).toContain('--reason is missing');
    expect((await remove(zoe, {})).status).toBe(400);
    expect((await remove(zoe, { reason: 'Zoeluminous Quartz wants it' })).status).toBe(400);
    expect((await fetch(`${product.url}/api/leads/${zoe}`, { method: 'DELETE' })).status).toBe(401);
    expect((await remove('nobody', { reason: 'x' })).status).toBe(404);
    expect(await product.lead('zoe-u1@beta.example')).toMatchObject({ qualified: true });
  });

  test('is gone at once from lists, search, pages and companies', async () => {
    const answer = await remove(zoe, { reason: 'They asked us to' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      lead: zoe,
      done: true,
      by: 'you@localhost',
      reason: 'They asked us to',
    } satisfies Partial<ErasureDone>);
    const said = await kindling('erase', 'yan-u2@beta.example', '--reason', 'Asked by phone', '--yes');
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain(`Lead ${yan} is erased.`);

    for (const query of ['', '?band=hot', '?band=warm', '?q=zoe-u1%40beta.example', '?q=Zoelum', '?q=zoe-u1'])
      expect((await product.leads(query)).leads.map(({ id }) => id)).not.toContain(zoe);
    const page = await ask(`/api/leads/${zoe}`);
    expect(page.status).toBe(410);
    expect(await page.json()).toEqual({ error: 'this lead was erased on 2026-05-04 10:00 UTC' });
    expect(await kindling('explain', zoe)).toMatchObject({
      code: 1,
      err: 'kindling: this lead was erased on 2026-05-04 10:00 UTC\n',
    });
    expect((await kindling('explain', 'zoe-u1@beta.example')).err).toContain('nobody is called');
    expect((await kindling('adjust', zoe, '--score', 'fit', '--points', '5', '--why', 'w')).err).toContain(
      'was erased',
    );
    expect(await product.quarantine()).toEqual([]);
    const company = await product.get<AccountPage>('/api/accounts/beta.example');
    expect(JSON.stringify(company)).not.toContain('Zoeluminous');
    const { handoffs } = await product.get<HandoffList>('/api/handoffs?state=open');
    expect(JSON.stringify(handoffs)).not.toContain('Zoeluminous');
    const list = await product.get<ErasedList>('/api/erased');
    expect(list.erased.map(({ lead }) => lead).sort()).toEqual([yan, zoe].sort());
    expect((await kindling('erase', '--list')).out).toContain('Asked by phone');
  });

  test('hears no more, and nobody hears of them', async () => {
    const before = (await product.mail()).length;
    const ofZoe = async () =>
      JSON.stringify([await product.mail(), await product.slack()]).split('Zoeluminous').length;
    const told = await ofZoe();
    // Yan's second mail would be due, and sales would be reminded of Zoe.
    await product.advance('3d');
    expect(await mailsTo('yan-u2@')).toHaveLength(1);
    expect(await mailsTo('zoe-u1@')).toHaveLength(0);
    expect(await ofZoe()).toBe(told);
    expect(
      (await product.mail())
        .slice(before)
        .map(({ subject }) => subject)
        .join(),
    ).not.toContain('Zoe');
  });

  test('whose links still lead to a kind answer', async () => {
    const cards = JSON.stringify(await product.get('/_local/teams'));
    const links = [...cards.matchAll(/"(http[^"]+\/h\/([^".?]+)[^"?]+)\?answer=accepted"/g)];
    const button =
      links.find(([, , said = '']) => Buffer.from(said, 'base64url').includes(zoe))?.[1] ?? 'none';
    const answer = await fetch(button);
    expect(answer.status).toBe(410);
    expect(await answer.text()).not.toContain('Zoeluminous');
    const [welcome] = await mailsTo('yan-u2@');
    const link = /<(http[^>]+)>/.exec(welcome?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
    const look = await fetch(link);
    expect(look.status).toBe(200);
    expect(await look.text()).toContain('nothing about you');
    const oneClick = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    expect((await fetch(link, { method: 'POST', body: oneClick })).status).toBe(200);
  });

  test('does not come back by what is sent again, and is another lead when they do', async () => {
    await product.send(...FIRST, ...FIRST);
    await product.idle();
    const { leads } = await product.leads();
    expect(leads.map(({ email }) => email)).toEqual(['eve-u3@beta.example']);
    await product.send({
      type: 'page',
      userId: 'yan-u2',
      messageId: 'new',
      timestamp: at(80),
      properties: { path: '/' },
    });
    await product.idle();
    const back = (await product.leads('?q=yan-u2')).leads[0];
    expect(back).toMatchObject({ email: null, name: null });
    expect(back?.id).not.toBe(yan);
    expect((await ask(`/api/leads/${yan}`)).status).toBe(410);
  });

  test('leaves nothing in the table but ids and hashes', async () => {
    await product.advance('1h');
    await product.stop();
    const items = (await readItems(product.data)).map((item) => JSON.stringify(item));
    for (const secret of [...OF_ZOE, ...OF_YAN])
      expect({
        secret,
        in: items.filter((item) => item.toLowerCase().includes(secret.toLowerCase())),
      }).toEqual({
        secret,
        in: [],
      });
    expect(items.some((item) => item.includes('Evergreen'))).toBe(true);
  });

  test('was never in the logs: functions write ids and numbers', async () => {
    const files = await readdir(product.data, { recursive: true });
    const logs = files.filter((file) => file.endsWith('.log'));
    const texts = await Promise.all(logs.map((file) => readFile(join(product.data, file), 'utf8')));
    const lines = texts.join('\n');
    expect(lines).toContain('"message":"erased"');
    for (const secret of ['Zoeluminous', 'Yanderling', 'Evergreen', 'Quartz', '+46', '@beta.example', '@'])
      expect({ secret, in: lines.split('\n').filter((line) => line.includes(secret)) }).toEqual({
        secret,
        in: [],
      });
  });
});
