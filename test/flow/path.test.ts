import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

const RULES = join(import.meta.dirname, 'rules');
const START = '2026-05-04T08:00:00.000Z';
const at = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();

let product: Product;
beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES, '--virtual-clock', START] });
});
afterAll(() => product.end());

let sent = 0;
const page = (userId: string, path: string, timestamp: string) => ({
  type: 'page',
  userId,
  messageId: `p${sent++}`,
  properties: { path },
  timestamp,
});
const identify = (userId: string, traits: object, timestamp: string) => ({
  type: 'identify',
  userId,
  messageId: `i${sent++}`,
  traits,
  timestamp,
});
const demo = (userId: string, timestamp: string) => ({
  type: 'track',
  event: 'Demo Booked',
  userId,
  messageId: `d${sent++}`,
  timestamp,
});

describe('from event to handoff', () => {
  test('an identified visitor warms up, gets the two mails of the journey at their time, and fades again', async () => {
    const email = 'ida@alpha.example';
    await product.send(
      identify('ida', { email, firstName: 'Ida', title: 'Head of Growth' }, START),
      page('ida', '/pricing', START),
    );
    await product.idle();
    const warm = await product.lead(email);
    expect(warm).toMatchObject({ band: 'warm', total: 30, grade: 'A', qualified: false });
    expect(warm.contributions.map(({ rule, points }) => [rule, points])).toEqual(
      expect.arrayContaining([
        ['decides', 20],
        ['pricing', 10],
      ]),
    );
    const toIda = async () => (await product.mail()).filter((mail) => String(mail.to).includes(email));
    expect((await toIda()).map((mail) => mail.subject)).toEqual(['Ida: welcome']);
    await product.advance('47h');
    expect(await toIda()).toHaveLength(1);
    await product.advance('2h');
    const mails = await toIda();
    expect(mails.map((mail) => mail.subject)).toEqual(['Ida: welcome', 'Ida: reminder']);
    expect(mails[1]?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(mails[1]?.text).toContain('this is reminder');
  });

  test('what a lead did since it entered decides the branch', async () => {
    const email = 'cai@alpha.example';
    await product.send(
      identify('cai', { email, firstName: 'Cai', title: 'Head of Sales' }, at(49)),
      page('cai', '/pricing', at(49)),
    );
    await product.advance('2h');
    await product.send(page('cai', '/case/steel', at(51)));
    await product.advance('3d');
    const subjects = (await product.mail())
      .filter((mail) => String(mail.to).includes(email))
      .map((mail) => mail.subject);
    expect(subjects).toEqual(['Cai: welcome', 'Cai: case']);
  });

  test('what happens ahead of the clock counts when its time has come', async () => {
    const email = 'ada@alpha.example';
    const soon = at(24 * 5 + 5);
    await product.send(
      identify('ada', { email, firstName: 'Ada', title: 'Head of HR' }, soon),
      page('ada', '/pricing', soon),
    );
    await product.idle();
    const mails = async () => (await product.mail()).filter((mail) => String(mail.to).includes(email));
    expect(await mails()).toHaveLength(0);
    await product.advance('4h');
    expect((await mails()).map((mail) => mail.subject)).toEqual(['Ada: welcome']);
  });

  test('a lead that qualifies is handed to its owner once, by mail and Slack, with the reasons', async () => {
    const email = 'kim@beta.example';
    const now = at(24 * 6);
    await product.send(
      identify('kim', { email, firstName: 'Kim', lastName: 'Berg', title: 'Head of IT', country: 'SE' }, now),
      page('kim', '/pricing', now),
      demo('kim', now),
    );
    await product.advance('1d');
    const kim = await product.lead(email);
    expect(kim).toMatchObject({ band: 'hot', qualified: true });
    expect(kim.handoffs).toHaveLength(1);
    const mails = (await product.mail()).filter((mail) => String(mail.to).includes('nora@kindling.example'));
    expect(mails.map((mail) => mail.subject)).toEqual(['Kim Berg is ready']);
    const slack = (await product.slack()).filter((message) => JSON.stringify(message).includes('Kim Berg'));
    expect(slack).toHaveLength(1);
    expect(JSON.stringify(slack[0])).toMatch(/Demo/i);
    await product.advance('1d');
    expect(
      (await product.slack()).filter((message) => JSON.stringify(message).includes('Kim Berg')),
    ).toHaveLength(1);
  });

  test('the score fades by itself, and the stored band follows without any event', async () => {
    const email = 'kim@beta.example';
    const before = await product.lead(email);
    expect(before.nextChange).not.toBeNull();
    await product.advance('31d');
    const after = await product.lead(email);
    expect(after).toMatchObject({ band: 'warm', qualified: false });
    const { leads } = await product.leads('?band=warm');
    expect(leads.map((lead) => lead.email)).toContain(email);
    expect((await product.leads('?band=hot')).leads.map((lead) => lead.email)).not.toContain(email);
  }, 120_000);

  test('who unsubscribes by one click gets no further mail, and a look at the page alone changes nothing', async () => {
    const email = 'una@gamma.example';
    const now = new Date((await product.get<{ now: number }>('/_local/clock')).now).toISOString();
    await product.send(
      identify('una', { email, firstName: 'Una', title: 'Head of Ops' }, now),
      page('una', '/pricing', now),
    );
    await product.idle();
    const mail = (await product.mail()).find((each) => String(each.to).includes(email));
    const link = /<(https?:[^>]+)>/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
    expect(link).not.toContain('una');
    const looked = await fetch(link);
    expect(looked.status).toBe(200);
    expect(await looked.text()).toContain('<form');
    expect((await product.lead(email)).timeline.map((entry) => entry.name)).not.toContain(
      'email.unsubscribed',
    );
    const post = await fetch(link, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(post.status).toBe(200);
    await product.advance('4d');
    const lead = await product.lead(email);
    expect(lead.timeline.map((entry) => entry.name)).toContain('email.unsubscribed');
    expect((await product.mail()).filter((each) => String(each.to).includes(email))).toHaveLength(1);
  });

  test('one bad event among a hundred: 99 applied, one in quarantine with its reason', async () => {
    const now = new Date((await product.get<{ now: number }>('/_local/clock')).now).toISOString();
    const batch = Array.from({ length: 100 }, (_, n) =>
      n === 40
        ? { type: 'track', userId: 'many', messageId: 'bad-one', properties: {}, timestamp: now }
        : { type: 'track', event: 'Counted', userId: 'many', messageId: `count-${n}`, timestamp: now },
    );
    const answer = await product.send(identify('many', { email: 'many@delta.example' }, now), ...batch);
    expect(answer.status).toBe(200);
    await product.idle();
    expect((await product.lead('many@delta.example')).scores['engagement']).toBe(99);
    const items = await product.quarantine();
    expect(items).toHaveLength(1);
    expect(items[0]?.reason).toMatch(/event/);
    expect(JSON.stringify(items[0]?.message)).toContain('bad-one');
  });

  test('anonymous behaviour before identify counts after it, and the read side needs a token', async () => {
    const now = new Date((await product.get<{ now: number }>('/_local/clock')).now).toISOString();
    const visit = {
      type: 'page',
      anonymousId: 'visitor-1',
      messageId: 'v1',
      properties: { path: '/pricing' },
      timestamp: now,
    };
    await product.send(visit);
    await product.idle();
    await product.send({
      ...identify('vera', { email: 'vera@epsilon.example' }, now),
      anonymousId: 'visitor-1',
    });
    await product.idle();
    expect(await product.lead('vera@epsilon.example')).toMatchObject({ total: 10 });
    expect((await fetch(`${product.url}/api/leads`)).status).toBe(401);
    expect(
      (await fetch(`${product.url}/api/leads`, { headers: { authorization: 'Bearer x.y.z' } })).status,
    ).toBe(401);
  });
});

describe('what the edge answers', () => {
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(product.url + path, { method: 'POST', body: body as BodyInit, headers });
  const basic = () => ({ authorization: `Basic ${btoa(`${product.keys.server}:`)}` });

  test('malformed JSON 400, wrong key 401, too large 413; never 500 for what a stranger sends', async () => {
    expect((await post('/v1/batch', '{"batch":[', basic())).status).toBe(400);
    expect((await post('/v1/track', '{}', { authorization: `Basic ${btoa('wrong:')}` })).status).toBe(401);
    expect((await post('/v1/track', '{}')).status).toBe(401);
    expect((await post('/v1/batch', 'x'.repeat(600_000), basic())).status).toBe(413);
    const odd = [
      '',
      'null',
      '[]',
      '"text"',
      '{"batch":"no"}',
      '{"batch":[null,1,"a",[]]}',
      '\u0000',
      '{"__proto__":{"a":1}}',
    ];
    for (const body of odd)
      for (const path of ['/v1/track', '/v1/batch', '/v1/import', '/batch/', '/v1/cloudevents'])
        expect((await post(path, body, basic())).status, `${path} ${body}`).toBeLessThan(500);
    expect((await post('/v1/batch', new Uint8Array([31, 139, 8, 0, 1, 2, 3]), basic())).status).toBe(400);
  });
});
