import PostalMime from 'postal-mime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readClaimTag } from '../../../core/nurture/claim.ts';
import { readLinkToken } from '../../../core/nurture/link.ts';
import { suppressionHash } from '../../../core/nurture/suppression.ts';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { mailKey } from '../../../functions/aws/keys.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { accountPk, morningPk } from '../../../functions/aws/keys.ts';
import { tableMornings } from '../../../functions/handoffs/mornings.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableInHand } from '../../../functions/handoffs/in-hand.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableClaims, type Settled } from '../../../functions/mail/claims.ts';
import { createSend, type SendPorts } from '../../../functions/mail/send.ts';
import { tableDecisions } from '../../../functions/mail/decide.ts';
import { tableFrequency } from '../../../functions/mail/let-out.ts';
import { tablePace } from '../../../functions/mail/pace.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import type { OutgoingMail } from '../../../functions/mail/transport.ts';
import { NOW, putLead, putRuleset, RULESET, startTable, type TestTable } from '../nurture.ts';

const SECRET = 'a secret of more than sixteen characters';
let store: TestTable;
let ports: SendPorts;
const sent: OutgoingMail[] = [];
let answer: () => Promise<Settled> = () => Promise.resolve({ outcome: 'sent', messageId: 'm1' });
let invocations = 0;

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: {
      settings: {
        sender: { name: 'Lantern', email: 'hello@lantern.example' },
        time_zone: 'Europe/Copenhagen',
        consent: 'not-required',
      },
    },
    'email#trial': {
      subject: 'Hi {{ lead.firstName }}',
      html: '<p>{{ lead.firstName }} of {{ account.name }}</p><a href="{{ unsubscribe_url }}">stop</a>',
      text: '{{ lead.firstName }} {{ unsubscribe_url }}',
    },
    'email#broken': { subject: '{{ lead.firstName | nofilter }}', html: 'x', text: 'x' },
    'email#morning': {
      subject: 'First {{ morning.leads[0].name }}',
      html: '{% for lead in morning.leads %}<a href="{{ lead.url }}">{{ lead.name }}</a>{% endfor %}',
      text: '{{ morning.owner.name }}',
    },
    handoff: {
      default: { name: 'Sales', email: 'sales@lantern.example' },
      teams: {
        nordic: { members: [{ name: 'N', email: 'n@lantern.example' }], email: 'nordic@lantern.example' },
        chat: { members: [{ name: 'C', email: 'c@lantern.example' }] },
      },
    },
    'email#handoff': {
      subject: 'Call {{ lead.name }}',
      html: '{% for r in handoff.reasons %}<p>{{ r.sentence }}</p>{% endfor %}<a href="{{ handoff.url }}">open</a>{{ handoff.at }}',
      text: '{{ handoff.owner.name }}',
    },
  });
  ports = {
    people: tablePeople(table),
    account: (id) => Promise.resolve({ name: `Company ${id}` }),
    entries: tableEntries(table),
    handoffs: tableHandoffs(table),
    inHand: tableInHand(table),
    accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    suppressions: tableSuppressions(table),
    decisions: tableDecisions(table),
    claims: tableClaims(table),
    frequency: tableFrequency(table),
    pace: tablePace(table),
    rates: () => Promise.resolve({ nurture: 1_000, sales: 1_000 }),
    accountClaims: tableClaims(table, accountPk),
    mornings: tableMornings(table),
    morningClaims: tableClaims(table, morningPk, false),
    transport: {
      send: (mail) => {
        sent.push(mail);
        return answer();
      },
    },
    clock: { now: () => NOW },
    invocation: () => `invocation-${(invocations += 1)}`,
    linkSecret: () => Promise.resolve(SECRET),
    publicUrl: 'https://kindling.example',
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  sent.length = 0;
  answer = () => Promise.resolve({ outcome: 'sent', messageId: 'm1' });
});

const task = (leadId: string, more: object = {}): object => ({
  kind: 'journey',
  leadId,
  entry: 'warm-up-4f',
  journey: 'warm-up',
  ruleset: RULESET,
  step: '3.then.1',
  visit: 0,
  email: 'trial',
  ...more,
});
const claimOf = (leadId: string): Promise<Record<string, unknown> | null> =>
  store.table.get(mailKey(leadId, 'warm-up-4f', '3.then.1', '0'));
const entered = async (leadId: string): Promise<void> => {
  const entry = { entry: 'warm-up-4f', change: 'c', version: 1, at: NOW, ruleset: RULESET, running: true };
  await tableEntries(store.table).claim(leadId, 'warm-up', entry, null);
};
/** A lead that is on its way through the journey. */
const onItsWay = async (leadId: string, attributes = {}): Promise<void> => {
  await putLead(
    store.table,
    leadId,
    { membership: { account: 'acme', at: NOW, event: 'g' } },
    { email: `${leadId}@example.com`, firstName: 'Ann', ...attributes },
  );
  await entered(leadId);
};

test('a mail goes to the lead, with a signed way out of it and tags that name its claim', async () => {
  await onItsWay('l1');
  expect(await createSend(ports)(task('l1'))).toEqual({ outcome: 'sent' });
  const mail = await PostalMime.parse(sent[0]?.raw ?? '');
  expect(mail).toMatchObject({
    subject: 'Hi Ann',
    to: [{ address: 'l1@example.com' }],
    from: { address: 'hello@lantern.example' },
  });
  expect(mail.html).toContain('Ann of Company acme');
  const token = /\/u\/([\w.-]+)/.exec(mail.text ?? '')?.[1] ?? '';
  expect(readLinkToken(token, SECRET)).toEqual({ purpose: 'unsubscribe', leadId: 'l1', topic: null });
  expect(sent[0]?.tags).toMatchObject({ lead: 'l1', journey: 'warm-up', email: 'trial' });
  for (const value of Object.values(sent[0]?.tags ?? {})) expect(value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
  expect(readClaimTag('l1', sent[0]?.tags.claim ?? '')).toEqual({
    leadId: 'l1',
    entry: 'warm-up-4f',
    step: '3.then.1',
    visit: 0,
  });
  expect(await claimOf('l1')).toMatchObject({
    outcome: 'sent',
    messageId: 'm1',
    subject: 'Hi Ann',
    email: 'trial',
    at: NOW,
  });
});

test('asked ten times at once, one mail goes out', async () => {
  await onItsWay('l2');
  const answers = await Promise.all(Array.from({ length: 10 }, () => createSend(ports)(task('l2'))));
  expect(sent).toHaveLength(1);
  expect(answers.filter(({ outcome }) => outcome === 'sent').length).toBeGreaterThanOrEqual(1);
});

test('a lost response leaves an unknown mail, which is never sent again by itself', async () => {
  await onItsWay('l3');
  answer = () => Promise.resolve({ outcome: 'unknown', reason: 'TimeoutError' });
  expect(await createSend(ports)(task('l3'))).toEqual({ outcome: 'unknown' });
  expect(await createSend(ports)(task('l3'))).toEqual({ outcome: 'unknown' });
  expect(sent).toHaveLength(1);
});

test('a function that dies after its claim leaves an unknown mail', async () => {
  await onItsWay('l4');
  answer = () => Promise.reject(new Error('killed'));
  await expect(createSend(ports)(task('l4'))).rejects.toThrow('killed');
  expect(await createSend(ports)(task('l4'))).toEqual({ outcome: 'unknown' });
  expect(sent).toHaveLength(1);
});

test('throttling keeps the claim open for the next try', async () => {
  await onItsWay('l5');
  answer = () => Promise.resolve({ outcome: 'throttled' });
  expect(await createSend(ports)(task('l5'))).toEqual({
    outcome: 'later',
    at: new Date(NOW + 5_000).toISOString(),
  });
  answer = () => Promise.resolve({ outcome: 'sent', messageId: 'm2' });
  expect(await createSend(ports)(task('l5'))).toEqual({ outcome: 'sent' });
  expect(await claimOf('l5')).toMatchObject({ outcome: 'sent', messageId: 'm2' });
});

test('who unsubscribes between the claim and the mail gets none', async () => {
  await onItsWay('l6');
  const hash = suppressionHash('l6@example.com') ?? '';
  const claims = tableClaims(store.table);
  const late: SendPorts = {
    ...ports,
    claims: {
      ...claims,
      take: async (name, note) => {
        const taken = await claims.take(name, note);
        await tableSuppressions(store.table).put({ hash, reason: 'unsubscribed' }, NOW);
        return taken;
      },
    },
  };
  expect(await createSend(late)(task('l6'))).toEqual({ outcome: 'suppressed' });
  expect(sent).toHaveLength(0);
  expect(await claimOf('l6')).toMatchObject({ outcome: 'suppressed', reason: 'unsubscribed' });
});

const record = (entry: number): HandoffRecord => ({
  entry,
  at: NOW,
  state: 'open',
  owner: { name: 'Freja', email: 'freja@lantern.example' },
  ruleset: RULESET,
  brief: {
    name: 'Ann <b>Ace</b>',
    email: 'ann@example.com',
    company: 'Acme',
    title: null,
    phone: null,
    country: null,
    band: 'hot',
    grade: 'A',
    group: null,
    total: 72,
    scores: [],
    reasons: [{ sentence: 'Looked at <pricing>', why: 'w', points: 20 }],
    timeline: [],
    products: [],
  },
});

test('a lead in the hands of sales, one that left, was merged or erased gets none', async () => {
  await onItsWay('l7');
  await tableHandoffs(store.table).open('l7', record(1));
  expect(await createSend(ports)(task('l7'))).toEqual({ outcome: 'stopped' });
  await onItsWay('l8');
  await tableEntries(store.table).end('l8', 'warm-up', 'warm-up-4f', 'completed', NOW);
  expect(await createSend(ports)(task('l8'))).toEqual({ outcome: 'stopped' });
  await onItsWay('l9');
  await putLead(store.table, 'l9', { into: 'l1' });
  expect(await createSend(ports)(task('l9'))).toEqual({ outcome: 'stopped' });
  expect(await createSend(ports)(task('nobody'))).toEqual({ outcome: 'stopped' });
  expect(sent).toHaveLength(0);
});

test('a lead without an address is passed over, without a claim', async () => {
  await onItsWay('l10', { email: 'not an address' });
  expect(await createSend(ports)(task('l10'))).toEqual({ outcome: 'skipped' });
  expect(await claimOf('l10')).toBeNull();
});

test('a template that fails leaves no claim, so that a mended one can be sent', async () => {
  await onItsWay('l11');
  await expect(createSend(ports)(task('l11', { email: 'broken' }))).rejects.toThrow('nofilter');
  await expect(createSend(ports)(task('l11', { email: 'missing' }))).rejects.toThrow('missing');
  expect(await claimOf('l11')).toBeNull();
});

test('a lead whose ruleset is gone gets the mail of the live one', async () => {
  await onItsWay('l12');
  expect(await createSend(ports)(task('l12', { ruleset: 'long-gone' }))).toEqual({ outcome: 'sent' });
});

test('the owner gets one mail with what the handoff holds, and answers the lead', async () => {
  await tableHandoffs(store.table).open('h1', record(2));
  const handoff = { kind: 'handoff', leadId: 'h1', entry: 2, ruleset: RULESET, step: 'mail', visit: 0 };
  expect(await createSend(ports)(handoff)).toEqual({ outcome: 'sent' });
  expect(await createSend(ports)(handoff)).toEqual({ outcome: 'sent' });
  expect(sent).toHaveLength(1);
  const mail = await PostalMime.parse(sent[0]?.raw ?? '');
  expect(mail).toMatchObject({
    to: [{ name: 'Freja', address: 'freja@lantern.example' }],
    replyTo: [{ address: 'ann@example.com' }],
  });
  expect(mail.subject).toBe('Call Ann <b>Ace</b>');
  expect(mail.html).toContain('Looked at &lt;pricing&gt;');
  expect(mail.html).toContain('href="https://kindling.example/leads/h1"');
  expect(mail.html).toContain('14 May 2026, 12:00');
  expect(mail.headers.map(({ key }) => key)).not.toContain('list-unsubscribe');
  expect(await createSend(ports)({ ...handoff, leadId: 'nobody' })).toEqual({ outcome: 'stopped' });
});

/** Ports whose n-th call fails, before it does anything or after it has done it. */
const failingAt = (n: number, when: 'before' | 'after', real: SendPorts): SendPorts => {
  let calls = 0;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name, self): unknown => {
        const method: unknown = Reflect.get(target, name, self);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          calls += 1;
          const fails = calls === n;
          if (fails && when === 'before') throw new Error('killed');
          const result: unknown = await (method as (...all: unknown[]) => unknown).apply(target, args);
          if (fails) throw new Error('killed');
          return result;
        };
      },
    });
  const { people, entries, handoffs, inHand, rulesets, suppressions, claims, transport } = real;
  return {
    ...real,
    people: wrap(people),
    entries: wrap(entries),
    handoffs: wrap(handoffs),
    inHand: wrap(inHand),
    rulesets: wrap(rulesets),
    suppressions: wrap(suppressions),
    claims: wrap(claims),
    transport: wrap(transport),
  };
};

test.each(['before', 'after'] as const)(
  'killed %s any of its steps and tried again, it sends at most one mail',
  async (when) => {
    const unsent: number[] = [];
    for (let n = 1; n <= 12; n += 1) {
      const leadId = `kill-${when}-${n}`;
      await onItsWay(leadId);
      sent.length = 0;
      const killed = await createSend(failingAt(n, when, ports))(task(leadId)).then(
        () => false,
        () => true,
      );
      const again = await createSend(ports)(task(leadId));
      expect(sent.length, `call ${n}`).toBeLessThanOrEqual(1);
      // One that was not sent stands as unknown, for a person to settle.
      if (sent.length === 0) {
        expect(killed).toBe(true);
        expect(again).toEqual({ outcome: 'unknown' });
        unsent.push(n);
      }
      expect(await claimOf(leadId)).not.toBeNull();
    }
    // From the claim to the mail: the claim's own answer, four looks, and the call of SES.
    expect(unsent.length).toBeGreaterThan(0);
    expect(unsent.length).toBeLessThanOrEqual(6);
  },
);

describe('what a journey tells a team', () => {
  const note = (leadId: string, more: object = {}): object => ({
    ...{ kind: 'note', leadId, entry: 'warm-up-4f', journey: 'warm-up', ruleset: RULESET },
    ...{ step: '2', visit: 0, team: 'nordic', text: 'They came back.', ...more },
  });

  test('goes to its address, once, with a way to answer the lead; what they are called stays text', async () => {
    await onItsWay('told', { firstName: '<b>{{ 7 }}</b>\r\nBcc: all@example.com', company: 'Alpha & Co' });
    const send = createSend(ports);
    expect(await Promise.all([send(note('told')), send(note('told'))])).toContainEqual({ outcome: 'sent' });
    expect(await send(note('told'))).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
    const mail = await PostalMime.parse(sent[0]?.raw ?? new Uint8Array());
    expect(mail.to).toEqual([{ name: 'nordic', address: 'nordic@lantern.example' }]);
    expect(mail.replyTo).toMatchObject([{ address: 'told@example.com' }]);
    expect(mail.subject).toBe('<b>{{ 7 }}</b> Bcc: all@example.com: They came back.');
    expect(mail.html).toContain('&lt;b&gt;{{ 7 }}&lt;/b&gt;');
    expect(mail.html).toContain('Alpha &amp; Co');
    expect(mail.html).toContain('href="https://kindling.example/leads/told"');
    expect(mail.text).toContain('Open the lead: https://kindling.example/leads/told');
    // Whoever opens it in the team is not the lead.
    expect(sent[0]?.tags).not.toHaveProperty('journey');
    expect(mail.headers.some(({ key }) => key === 'list-unsubscribe')).toBe(false);
  });

  test('is nothing to a team without an address, or of a lead that is gone', async () => {
    await onItsWay('untold');
    expect(await createSend(ports)(note('untold', { team: 'chat' }))).toEqual({ outcome: 'skipped' });
    expect(await createSend(ports)(note('nobody'))).toEqual({ outcome: 'stopped' });
    expect(sent).toHaveLength(0);
  });

  test('is not told again where nobody knows whether it went out', async () => {
    await onItsWay('lost');
    answer = () => Promise.resolve({ outcome: 'unknown' });
    await createSend(ports)(note('lost'));
    answer = () => Promise.resolve({ outcome: 'sent' });
    const again = { kind: 'decision', decision: 'resend', by: 'me', leadId: 'lost', entry: 'warm-up-4f' };
    expect(await createSend(ports)({ ...again, step: '2.mail', visit: 0 })).toEqual({ outcome: 'skipped' });
    expect(sent).toHaveLength(1);
  });
});

test('a morning is told once, however often and at once it is asked for, and names stay text', async () => {
  const owner = { name: 'Freja', email: 'freja@lantern.example' };
  const lead = {
    leadId: 'l/1',
    entry: 1,
    state: 'open',
    name: '<b>{{ 7 }}</b>\r\nBcc: all@example.com',
    email: null,
    company: null,
    title: null,
    phone: null,
    band: 'hot',
    total: 82,
    gained: 3,
    changed: [],
  } as const;
  const told = { owner, at: NOW, since: NOW, timeZone: 'UTC', ruleset: RULESET, leads: [lead], more: 0 };
  await tableMornings(store.table).keep('w', '2026-05-14', told);
  const send = createSend(ports);
  const morning = { kind: 'morning', who: 'w', day: '2026-05-14' };
  await Promise.all([send(morning), send(morning)]);
  expect(await send(morning)).toEqual({ outcome: 'sent' });
  expect(sent).toHaveLength(1);
  const mail = await PostalMime.parse(sent[0]?.raw ?? new Uint8Array());
  expect(mail.to).toMatchObject([{ address: owner.email }]);
  expect(mail.bcc).toBeUndefined();
  expect(mail.html).toContain('<a href="https://kindling.example/leads/l%2F1">&lt;b&gt;{{ 7 }}&lt;/b&gt;');
  expect(sent[0]?.tags).not.toHaveProperty('lead');
  expect(await send({ ...morning, day: '2026-05-15' })).toEqual({ outcome: 'stopped' });
});
