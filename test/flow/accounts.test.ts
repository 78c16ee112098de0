import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountList, AccountPage } from '../../core/view/account.ts';
import type { JourneyView } from '../../core/view/journey.ts';
import { rulesWithAccounts } from './account-rules.ts';
import { type Product, startProduct } from './product.ts';

const START = '2026-05-04T08:00:00.000Z';

/** For some of the people of an account that turns. */
const SURGE = `
journey: surge
start: { account: { band: surging } }
for: { lead.cohort: surge }
steps:
  - wait: 10m
  - send: case
  - if: { account.name: Rising }
    then: [{ wait: 1d }, { send: reminder }]
`;

let rules: string;
let product: Product;
beforeAll(async () => {
  rules = await rulesWithAccounts();
  await writeFile(join(rules, 'journeys', 'surge.yaml'), SURGE);
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
});
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

let sent = 0;
const message = (type: string, userId: string, rest: object) => ({
  type,
  userId,
  messageId: `m${sent++}`,
  ...rest,
});
const identify = (userId: string, company: string) =>
  message('identify', userId, { traits: { email: `${userId}@${company}`, name: `${userId} of them` } });
const looks = (userId: string, times: number) =>
  Array.from({ length: times }, () => message('page', userId, { properties: { path: '/pricing' } }));
const now = async (): Promise<string> =>
  new Date((await product.get<{ now: number }>('/_local/clock')).now).toISOString();
const send = async (...messages: object[]): Promise<void> => {
  const timestamp = await now();
  await product.send(...messages.map((each) => ({ ...each, timestamp })));
  await product.idle();
};
const account = (id: string) => product.get<AccountPage>(`/api/accounts/${encodeURIComponent(id)}`);
const toSales = async (about: string) =>
  (await product.mail()).filter(
    ({ to, subject }) => String(to).includes('sales@') && subject.includes(about),
  );
const inSlack = async (about: string) =>
  (await product.slack()).filter((each) => JSON.stringify(each).includes(about));

describe('people of one company', () => {
  const id = 'acme.example';

  test('make an account within a minute, by the domain of their addresses', async () => {
    await send(identify('ann', id), ...looks('ann', 4));
    await product.advance('1m');
    expect(await account(id)).toMatchObject({
      id,
      band: 'surging',
      qualified: false,
      members: 1,
      people: 1,
      numbers: { engagement: expect.closeTo(40, 1) as number, fit: 0, product: 0 },
    });
    expect((await product.lead(`ann@${id}`)).account).toEqual({ id, attributes: {}, addedUp: true });
  });

  test('are ready together although none is alone, and are handed over once, by name', async () => {
    await send(
      identify('bob', id),
      message('group', 'bob', { groupId: id, traits: { name: 'Acme Steel', industry: 'steel' } }),
      ...looks('bob', 1),
      message('track', 'bob', { event: 'Tried', properties: { product: 'planner' } }),
      message('track', 'ann', { event: 'Tried', properties: { product: ['planner', 'insights'] } }),
    );
    await product.advance('2m');
    const acme = await account(id);
    expect(acme).toMatchObject({ name: 'Acme Steel', qualified: true, people: 2 });
    expect(acme.leads.map(({ email, qualified }) => [email, qualified])).toEqual([
      [`ann@${id}`, false],
      [`bob@${id}`, false],
    ]);
    expect(acme.keys['product']).toMatchObject({ planner: expect.closeTo(24, 0) as number });
    expect(acme.handoffs).toMatchObject([
      { handoff: expect.stringMatching(/\/1$/) as string, owner: 'Sales', state: 'open' },
    ]);

    const mails = await toSales('Acme Steel');
    expect(mails.map(({ subject }) => subject)).toEqual(['Acme Steel is ready: 2 people']);
    expect(mails[0]?.text).toMatch(/ann of them has 40 points \(.*engagement 40/);
    expect(mails[0]?.text).toMatch(/bob of them has 10 points \(.*engagement 10/);
    expect(mails[0]?.text).toContain('They want planner (24) insights (12)');
    expect(mails[0]?.html).toContain(`${product.url}/accounts/${id}`);
    const [slack, ...more] = await inSlack('Acme Steel');
    expect(more).toEqual([]);
    expect(JSON.stringify(slack)).toMatch(/ann of them.*bob of them/);
    expect(JSON.stringify(slack)).toContain('planner (24), insights (12)');
  });

  test('stand in the list of their band', async () => {
    const { bands, accounts } = await product.get<AccountList>('/api/accounts?band=surging');
    expect(bands.map((band) => [band.name, band.accounts])).toEqual([
      ['quiet', 0],
      ['surging', 1],
    ]);
    expect(accounts).toMatchObject([{ id, name: 'Acme Steel', members: 2, band: 'surging' }]);
    expect((await product.get<AccountList>('/api/accounts')).accounts).toHaveLength(1);
  });

  test('fade while nothing happens, and no second handoff goes out while one is open', async () => {
    await product.advance('12d');
    expect(await account(id)).toMatchObject({ band: 'quiet', qualified: false, members: 2 });
    await send(...looks('ann', 3), ...looks('bob', 3));
    await product.advance('1m');
    const again = await account(id);
    expect(again).toMatchObject({ band: 'surging', qualified: true });
    expect(again.handoffs).toHaveLength(1);
    expect(await toSales('Acme Steel')).toHaveLength(1);
    expect(await inSlack('Acme Steel')).toHaveLength(1);
  });
});

describe('a journey that starts when an account turns', () => {
  const id = 'rise.example';
  /** Fourteen points, of which four stay. */
  const shows = (userId: string) => [
    ...looks(userId, 1),
    ...Array.from({ length: 4 }, () => message('track', userId, { event: 'Counted' })),
  ];
  const is = (userId: string, traits: object) =>
    message('identify', userId, { traits: { name: userId, cohort: 'surge', ...traits } });
  const mailsTo = async (userId: string) =>
    (await product.mail())
      .filter(({ to }) => String(to).includes(`${userId}@`))
      .map(({ at, subject }) => `${String(at).slice(0, 16)} ${String(subject.split(': ')[1])}`);
  const begun = async () =>
    (await product.get<{ journeys: JourneyView[] }>('/api/journeys')).journeys.find(
      ({ name }) => name === 'surge',
    )?.counts;

  test('takes all of its people who can be written to, each once, and nobody else', async () => {
    await send(
      ...['una', 'vic'].map((userId) => is(userId, { email: `${userId}@${id}` })),
      // Of the account, but without an address; or none of those whom it is for; or of another account.
      is('wes', {}),
      message('group', 'wes', { groupId: id, traits: { name: 'Rising' } }),
      is('xia', { email: `xia@${id}`, cohort: 'none' }),
      is('zoe', { email: 'zoe@calm.example' }),
      ...['una', 'vic', 'wes', 'zoe'].flatMap(shows),
    );
    const turned = Date.parse(await now());
    await product.advance('1m');
    expect(await account(id)).toMatchObject({ band: 'surging', members: 4 });
    // None of them did so much that they would stand in another band alone.
    expect((await product.lead(`una@${id}`)).band).toBe('cold');
    await product.advance('1d');
    const minute = (after: number) => new Date(turned + after * 60_000).toISOString().slice(0, 16);
    for (const userId of ['una', 'vic']) {
      const [first, second, ...more] = await mailsTo(userId);
      expect([minute(10), minute(11)].map((at) => `${at} case`)).toContain(first);
      expect(second).toBeUndefined();
      expect(more).toEqual([]);
    }
    await product.advance('20m');
    for (const userId of ['una', 'vic'])
      expect((await mailsTo(userId)).map((mail) => mail.split(' ')[1])).toEqual(['case', 'reminder']);
    for (const userId of ['xia', 'zoe']) expect(await mailsTo(userId)).toEqual([]);
    expect(await begun()).toMatchObject({ begun: 2, running: 0, ended: { completed: 2 } });
  });

  test('takes nobody a second time when it turns again', async () => {
    await product.advance('21d');
    expect(await account(id)).toMatchObject({ band: 'quiet' });
    await send(...['una', 'vic', 'wes'].flatMap(shows));
    await product.advance('1m');
    expect(await account(id)).toMatchObject({ band: 'surging' });
    await product.advance('2d');
    for (const userId of ['una', 'vic']) expect(await mailsTo(userId)).toHaveLength(2);
  });
});

test('free mail makes no account', async () => {
  await send(message('identify', 'cat', { traits: { email: 'cat@gmail.com' } }), ...looks('cat', 4));
  await product.advance('1m');
  expect((await product.lead('cat@gmail.com')).account).toBeNull();
  await expect(account('gmail.com')).rejects.toThrow('404');
});

test('who changes companies takes what they did along', async () => {
  await send(identify('dan', 'old.example'), ...looks('dan', 2));
  await product.advance('1m');
  expect(await account('old.example')).toMatchObject({ members: 1, people: 1 });
  await send(message('group', 'dan', { groupId: 'new/corp #1', traits: { name: 'New' } }));
  await product.advance('1m');
  expect(await account('old.example')).toMatchObject({ members: 0, people: 0, numbers: { engagement: 0 } });
  expect(await account('new/corp #1')).toMatchObject({ members: 1, people: 1, name: 'New' });
});

test('whom a handoff names gets no more of nurture once somebody takes the account; till then they do', async () => {
  const post = (path: string, body: object): Promise<Response> =>
    fetch(product.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const companies = ['taken.example', 'waits.example'];
  // One of each is warm, and on the way through the journey of who gets warm.
  for (const company of companies) {
    const [first, second] = [`eva-${company}`, `fay-${company}`];
    await send(identify(first, company), ...looks(first, 4), identify(second, company), ...looks(second, 1));
  }
  await product.advance('2m');
  const mailsTo = async (company: string) =>
    (await product.mail())
      .filter(({ to }) => String(to).includes(`eva-${company}@`))
      .map(({ subject }) => subject.split(': ')[1]);
  for (const company of companies) {
    expect(await account(company)).toMatchObject({ handoffs: [{ state: 'open' }] });
    expect(await mailsTo(company)).toEqual(['welcome']);
  }
  const handoff = 'account/taken.example/1';
  expect((await post('/api/handoffs/answers', { handoff, answer: 'accepted' })).status).toBe(200);
  await product.idle();
  await product.advance('3d');
  expect(await mailsTo('taken.example')).toEqual(['welcome']);
  expect(await mailsTo('waits.example')).toEqual(['welcome', 'reminder']);
  // The CRM knows the deal by a person whom only the account's handoff names.
  await send(message('track', 'eva-taken.example', { event: 'deal.won', properties: { amount: 9000 } }));
  expect(await account('taken.example')).toMatchObject({
    handoffs: [{ state: 'closed', deal: { what: 'won', amount: 9000 } }],
  });
});
