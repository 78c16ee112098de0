import type { SESClient } from '@aws-sdk/client-ses';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { claimTag } from '../../../core/nurture/claim.ts';
import type { JsonObject } from '../../../core/json.ts';
import { readLinkToken } from '../../../core/nurture/link.ts';
import { suppressionHash, suppressionOfLead } from '../../../core/nurture/suppression.ts';
import type { Settings } from '../../../core/schema/settings.ts';
import { accountPk, morningPk, mailKey, paceKey } from '../../../functions/aws/keys.ts';
import { tableMornings } from '../../../functions/handoffs/mornings.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableInHand } from '../../../functions/handoffs/in-hand.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableClaims, type Settled } from '../../../functions/mail/claims.ts';
import { tableDecisions } from '../../../functions/mail/decide.ts';
import { tableFrequency } from '../../../functions/mail/let-out.ts';
import { sendingRates } from '../../../functions/mail/quota.ts';
import { tablePace } from '../../../functions/mail/pace.ts';
import { createSend, type SendPorts } from '../../../functions/mail/send.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import type { SendAnswer } from '../../../functions/mail/throttled.ts';
import type { OutgoingMail } from '../../../functions/mail/transport.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const SECRET = 'a secret of more than sixteen characters';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CONSENT = { purpose: 'nurture', source: 'form', at: '2026-01-01' };
let store: TestTable;
let now = NOW;
let settings: Settings = {};
let answer: Settled = { outcome: 'sent', messageId: 'm' };
const sent: OutgoingMail[] = [];

const portsWith = (rate: number): SendPorts => ({
  people: tablePeople(store.table),
  account: () => Promise.resolve({}),
  entries: tableEntries(store.table),
  handoffs: tableHandoffs(store.table),
  inHand: tableInHand(store.table),
  accountHandoffs: tableHandoffs<AccountBrief>(store.table, accountPk),
  rulesets: {
    ...tableRulesetParts(store.table, { now: () => now }),
    settings: () => Promise.resolve({ sender: { email: 'hello@lantern.example' }, ...settings }),
    journeys: () =>
      Promise.resolve({
        'warm-up': { journey: 'warm-up', start: { band: 'warm' }, topic: 'product', steps: [] },
      }),
  },
  suppressions: tableSuppressions(store.table),
  decisions: tableDecisions(store.table),
  claims: tableClaims(store.table),
  frequency: tableFrequency(store.table),
  pace: tablePace(store.table),
  rates: () => Promise.resolve({ nurture: rate, sales: rate / 4 }),
  accountClaims: tableClaims(store.table, accountPk),
  mornings: tableMornings(store.table),
  morningClaims: tableClaims(store.table, morningPk, false),
  transport: {
    send: (mail) => {
      sent.push(mail);
      return Promise.resolve(answer);
    },
  },
  clock: { now: () => now },
  invocation: () => crypto.randomUUID(),
  linkSecret: () => Promise.resolve(SECRET),
  publicUrl: 'https://kindling.example',
});

beforeAll(async () => {
  store = await startTable();
  const mail = {
    subject: 'Hi',
    html: '<a href="{{ unsubscribe_url }}">stop</a>',
    text: 'Hi {{ unsubscribe_url }}',
  };
  await putRuleset(store.table, {
    'email#trial': { ...mail, locales: ['sv', 'pt-BR'] },
    'email#trial.sv': { ...mail, subject: 'Hej' },
    'email#trial.pt-BR': { ...mail, subject: 'Olá' },
    'email#morning': mail,
    'email#news': { ...mail, topic: 'newsletter' },
  });
});
afterAll(() => store.stop());
beforeEach(async () => {
  for (const line of ['nurture', 'sales'] as const) await store.table.remove(paceKey(line));
  now = NOW;
  settings = {};
  answer = { outcome: 'sent', messageId: 'm' };
  sent.length = 0;
});

const enter = async (leadId: string, attributes: JsonObject = {}): Promise<void> => {
  await putLead(store.table, leadId, {}, { email: `${leadId}@example.com`, consent: CONSENT, ...attributes });
  const entry = { entry: 'e1', change: 'c', version: 1, at: NOW, ruleset: RULESET, running: true };
  for (const journey of ['warm-up', 'other'])
    await tableEntries(store.table).claim(leadId, journey, entry, null);
};
const ask = (leadId: string, more: object = {}, rate = 1_000): Promise<SendAnswer> =>
  createSend(portsWith(rate))({
    kind: 'journey',
    leadId,
    entry: 'e1',
    journey: 'warm-up',
    ruleset: RULESET,
    step: '1',
    visit: 0,
    email: 'trial',
    ...more,
  });
const claim = (leadId: string, step = '1'): Promise<Record<string, unknown> | null> =>
  store.table.get(mailKey(leadId, 'e1', step, '0'));
const iso = (at: number): string => new Date(at).toISOString();

describe('consent', () => {
  test('is required where settings say nothing; without it no mail goes out, and the claim says why', async () => {
    await enter('c1', { consent: null });
    expect(await ask('c1')).toEqual({ outcome: 'stopped' });
    expect(await claim('c1')).toMatchObject({ outcome: 'stopped', reason: 'no consent' });
    expect(sent).toHaveLength(0);
  });

  test('to the mail’s topic is enough, to another one is not', async () => {
    await enter('c2', { consent: [{ ...CONSENT, purpose: 'product' }] });
    expect(await ask('c2')).toEqual({ outcome: 'sent' });
    expect(await ask('c2', { step: '2', email: 'news' })).toEqual({ outcome: 'stopped' });
  });

  test('withdrawn between the claim and the mail still counts', async () => {
    await enter('c3');
    const ports = portsWith(1_000);
    const take: typeof ports.claims.take = async (name, note) => {
      const taken = await ports.claims.take(name, note);
      await putLead(store.table, 'c3', {}, { email: 'c3@example.com', consent: null });
      return taken;
    };
    const task = { kind: 'journey', leadId: 'c3', entry: 'e1', journey: 'warm-up', ruleset: RULESET };
    const late = createSend({ ...ports, claims: { ...ports.claims, take } });
    expect(await late({ ...task, step: '1', visit: 0, email: 'trial' })).toEqual({ outcome: 'stopped' });
    expect(sent).toHaveLength(0);
  });

  test('that is not required is not asked for', async () => {
    settings = { consent: 'not-required' };
    await enter('c4', { consent: null });
    expect(await ask('c4')).toEqual({ outcome: 'sent' });
  });

  test('a lead without it waits for nothing and takes no place', async () => {
    settings = { quiet_hours: { from: '00:00', to: '23:59' } };
    await enter('c5', { consent: null });
    expect(await ask('c5')).toEqual({ outcome: 'stopped' });
  });
});

describe('quiet hours', () => {
  test('put a mail off until the morning of the lead’s own day, and then it goes', async () => {
    settings = { quiet_hours: { from: '20:00', to: '08:00' }, time_zone: 'UTC' };
    await enter('q1', { timezone: 'America/Los_Angeles' });
    // 03:00 in Los Angeles.
    expect(await ask('q1')).toEqual({ outcome: 'later', at: iso(NOW + 5 * HOUR) });
    expect(await claim('q1')).toMatchObject({
      outcome: 'later',
      until: NOW + 5 * HOUR,
      reason: 'quiet hours',
      waits: 1,
    });
    expect(sent).toHaveLength(0);
    now = NOW + 5 * HOUR;
    expect(await ask('q1')).toEqual({ outcome: 'sent' });
    expect(await ask('q1')).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
  });

  test('a mail that is put off without end is given up, and says so', async () => {
    settings = { quiet_hours: { from: '00:00', to: '23:59' }, time_zone: 'UTC' };
    await enter('q2');
    const name = { leadId: 'q2', entry: 'e1', step: '1', visit: 0 };
    const note = { by: 'x', at: NOW, journey: 'warm-up', email: 'trial', subject: 'Hi', waits: 200 };
    await tableClaims(store.table).putOff(name, note, { until: NOW, reason: 'quiet hours' });
    expect(await ask('q2')).toEqual({ outcome: 'stopped' });
    expect(await claim('q2')).toMatchObject({ reason: 'put off too often' });
  });
});

describe('the limit of mails', () => {
  beforeEach(() => {
    settings = { mails: { at_most: 2, within: '7d' } };
  });

  test('holds over all journeys, delays, and drops nothing', async () => {
    await enter('m1');
    expect(await ask('m1', { step: '1' })).toEqual({ outcome: 'sent' });
    now += DAY;
    expect(await ask('m1', { step: '2', journey: 'other' })).toEqual({ outcome: 'sent' });
    now += DAY;
    expect(await ask('m1', { step: '3' })).toEqual({ outcome: 'later', at: iso(NOW + 7 * DAY) });
    now = NOW + 7 * DAY;
    expect(await ask('m1', { step: '3' })).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(3);
  });

  test('holds when many ask at one moment', async () => {
    await enter('m2');
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => ask('m2', { step: String(n + 1) })),
    );
    expect(sent).toHaveLength(2);
    expect(
      answers.filter((each) => each.status === 'fulfilled' && each.value.outcome === 'sent'),
    ).toHaveLength(2);
  });

  test('a mail that did not go out gives its place back', async () => {
    await enter('m3');
    answer = { outcome: 'refused' };
    for (const step of ['1', '2']) expect(await ask('m3', { step })).toEqual({ outcome: 'refused' });
    answer = { outcome: 'sent' };
    for (const step of ['3', '4']) expect(await ask('m3', { step })).toEqual({ outcome: 'sent' });
    expect(await ask('m3', { step: '5' })).toMatchObject({ outcome: 'later' });
  });

  test('another try of a mail does not stand in its own way', async () => {
    await enter('m4');
    await ask('m4', { step: '1' });
    const frequency = tableFrequency(store.table);
    const tag = claimTag({ entry: 'e1', step: '2', visit: 0 });
    const limit = { at_most: 2, within: '7d' };
    expect(await frequency.letOut('m4', tag, limit, now)).toBe(now);
    expect(await ask('m4', { step: '2' })).toEqual({ outcome: 'sent' });
  });
});

describe('the account’s sending rate', () => {
  test('a thousand at once are spread evenly, each has a place of its own, and keeps it', async () => {
    now = NOW + 100 * DAY;
    const pace = tablePace(store.table);
    const slots = await Promise.all(Array.from({ length: 200 }, () => pace.take('nurture', now, 10)));
    expect(new Set(slots).size).toBe(200);
    const sorted = slots.toSorted((a, b) => a - b);
    for (const [index, slot] of sorted.entries()) expect(slot).toBe(now - 100 + index * 100);
    await enter('p1');
    const put = await ask('p1', {}, 10);
    expect(put).toEqual({ outcome: 'later', at: iso(now + 19_900) });
    now = Date.parse(put.at ?? '');
    // Others are far ahead by now, and yet it goes.
    for (let n = 0; n < 5; n += 1) await pace.take('nurture', now + 60_000, 10);
    expect(await ask('p1', {}, 10)).toEqual({ outcome: 'sent' });
  });

  test('ten thousand at once are taken by a service that refuses more than its rate in any second', async () => {
    now = NOW + 150 * DAY;
    const pace = tablePace(store.table);
    const { nurture: rate } = await sendingRates(
      { send: () => Promise.resolve({ MaxSendRate: 14 }) } as unknown as SESClient,
      () => now,
    )();
    const slots: number[] = [];
    for (let asked = 0; asked < 10_000; asked += 250)
      slots.push(...(await Promise.all(Array.from({ length: 250 }, () => pace.take('nurture', now, rate)))));
    // What is near goes at once, all else at its place.
    const times = slots.map((slot) => (slot <= now + 100 ? now : slot)).sort((a, b) => a - b);
    expect(times).toHaveLength(10_000);
    for (const [index, time] of times.entries())
      expect(time - (times[index - 14] ?? -Infinity)).toBeGreaterThanOrEqual(1_000);
    expect((times.at(-1) ?? 0) - now).toBeLessThan((10_000 / 11) * 1_000);
  }, 60_000);

  test('a clock that was set back does not hold mails up', async () => {
    now = NOW + 200 * DAY;
    await tablePace(store.table).take('nurture', now + 365 * DAY, 1);
    expect(await tablePace(store.table).take('nurture', now, 1)).toBeLessThanOrEqual(now);
  });

  test('mails to sales take their places in a line of their own: ten thousand leads do not hold them up', async () => {
    now = NOW + 250 * DAY;
    const pace = tablePace(store.table);
    await Promise.all(Array.from({ length: 300 }, () => pace.take('nurture', now, 1)));
    const ports = portsWith(20);
    const morning = { owner: { name: 'Freja', email: 'freja@example.com' }, at: now, since: now };
    const lead = { leadId: 'l', entry: 1, state: 'open', name: 'Ann', email: null, company: null } as const;
    const known = { title: null, phone: null, band: 'hot', total: 82, gained: 3, changed: [] } as const;
    const mornings = Array.from({ length: 12 }, (_, n) => `owner-${n}`);
    for (const who of mornings)
      await tableMornings(store.table).keep(who, '2026-05-14', {
        ...{ ...morning, timeZone: 'UTC', ruleset: RULESET, leads: [{ ...lead, ...known }], more: 0 },
      });
    const ask = (who: string) => createSend(ports)({ kind: 'morning', who, day: '2026-05-14' });
    const answers: SendAnswer[] = [];
    for (const who of mornings) answers.push(await ask(who));
    // Five a second: the first at once, the others a fifth of a second apart.
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      ...['sent', 'sent'],
      ...Array.from({ length: 10 }, () => 'later'),
    ]);
    const began = now;
    for (const [n, { at }] of answers.entries()) {
      if (at === undefined) continue;
      expect(Date.parse(at) - began).toBe(n * 200 - 100);
      now = Date.parse(at);
      expect(await ask(`owner-${n}`)).toEqual({ outcome: 'sent' });
    }
    expect(sent).toHaveLength(12);
  });

  test('mails that SES will not take yet wait longer each time, and are not lost', async () => {
    now = NOW + 300 * DAY;
    await enter('p2');
    answer = { outcome: 'throttled' };
    for (const pause of [5_000, 10_000, 20_000]) {
      expect(await ask('p2')).toEqual({ outcome: 'later', at: iso(now + pause) });
      now += pause;
    }
    answer = { outcome: 'sent' };
    expect(await ask('p2')).toEqual({ outcome: 'sent' });
  });
});

describe('what a mail is about', () => {
  test('its link unsubscribes from its topic; who called that off gets none of it, and others still', async () => {
    await enter('t1');
    await ask('t1', { email: 'news' });
    const token = /\/u\/([\w.-]+)/.exec(Buffer.from(sent[0]?.raw ?? '').toString())?.[1] ?? '';
    expect(readLinkToken(token, SECRET)).toEqual({
      purpose: 'unsubscribe',
      leadId: 't1',
      topic: 'newsletter',
    });
    const hash = suppressionHash('t1@example.com') ?? '';
    await tableSuppressions(store.table).put({ hash, reason: 'unsubscribed', topic: 'newsletter' }, now);
    expect(await ask('t1', { step: '2', email: 'news' })).toEqual({ outcome: 'suppressed' });
    expect(await ask('t1', { step: '3' })).toEqual({ outcome: 'sent' });
  });

  test('a lead that called mails off before it gave an address gets none', async () => {
    await enter('t2');
    await tableSuppressions(store.table).put({ hash: suppressionOfLead('t2'), reason: 'unsubscribed' }, now);
    expect(await ask('t2')).toEqual({ outcome: 'suppressed' });
  });
});

test.each([
  ['sv_SE', 'Hej'],
  ['pt-BR', 'Olá'],
  ['pt-PT', 'Hi'],
  ['', 'Hi'],
])('a lead with the locale %s reads "%s"', async (locale, subject) => {
  await enter(`v-${locale}`, { locale });
  await ask(`v-${locale}`);
  expect(await claim(`v-${locale}`)).toMatchObject({ subject });
});

test('a mail that a person sends again goes out though the journey is over', async () => {
  await enter('a1');
  await tableEntries(store.table).end('a1', 'warm-up', 'e1', 'completed', NOW);
  expect(await ask('a1')).toEqual({ outcome: 'stopped' });
  expect(await ask('a1', { step: '1.again', again: true })).toEqual({ outcome: 'sent' });
});
