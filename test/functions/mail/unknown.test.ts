import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountBrief } from '../../../core/accounts/account-handoff.ts';
import { claimTag } from '../../../core/nurture/claim.ts';
import type { UnsettledMail } from '../../../core/view/mail.ts';
import { accountPk, morningPk, mailKey, paceKey } from '../../../functions/aws/keys.ts';
import { tableMornings } from '../../../functions/handoffs/mornings.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { tableInHand } from '../../../functions/handoffs/in-hand.ts';
import type { HttpRequest } from '../../../functions/http.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { tableClaims, type Settled } from '../../../functions/mail/claims.ts';
import { tableDecisions } from '../../../functions/mail/decide.ts';
import { tableFrequency } from '../../../functions/mail/let-out.ts';
import { tablePace } from '../../../functions/mail/pace.ts';
import { createSend, type SendPorts } from '../../../functions/mail/send.ts';
import { tableProve } from '../../../functions/mail/settle.ts';
import { tableSuppressions } from '../../../functions/mail/suppress.ts';
import type { SendAnswer } from '../../../functions/mail/throttled.ts';
import type { OutgoingMail } from '../../../functions/mail/transport.ts';
import { tableUnsettled } from '../../../functions/read/unsettled.ts';
import { decideOnMail } from '../../../functions/write/mails.ts';
import { NOW, putLead, putRuleset, RULESET } from '../nurture.ts';
import { startTable, type TestTable } from '../table.ts';

const MINUTE = 60_000;
let store: TestTable;
let ports: SendPorts;
let now = NOW;
let answer: () => Promise<Settled>;
const sent: OutgoingMail[] = [];

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: { sender: { email: 'hello@lantern.example' }, consent: 'not-required' } },
    'email#trial': { subject: 'Hi {{ lead.firstName }}', html: '<p>Hi</p>', text: 'Hi' },
    'email#account-handoff': { subject: 'Call {{ account.name }}', html: '<p>Hi</p>', text: 'Hi' },
  });
  ports = {
    people: tablePeople(table),
    account: () => Promise.resolve({}),
    entries: tableEntries(table),
    handoffs: tableHandoffs(table),
    inHand: tableInHand(table),
    accountHandoffs: tableHandoffs<AccountBrief>(table, accountPk),
    rulesets: tableRulesetParts(table, { now: () => now }),
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
    clock: { now: () => now },
    invocation: () => crypto.randomUUID(),
    linkSecret: () => Promise.resolve('a secret of more than sixteen characters'),
    publicUrl: 'https://kindling.example',
  };
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.table.remove(paceKey('nurture'));
  sent.length = 0;
  now = NOW;
  answer = () => Promise.resolve({ outcome: 'sent', messageId: 'm' });
});

const name = (leadId: string, step = '1') => ({ leadId, entry: 'e1', step, visit: 0 });
const ask = (leadId: string): Promise<SendAnswer> =>
  createSend(ports)({
    kind: 'journey',
    ...name(leadId),
    journey: 'warm-up',
    ruleset: RULESET,
    email: 'trial',
  });
const claimOf = (leadId: string, step = '1') => store.table.get(mailKey(leadId, 'e1', step, '0'));
const list = async (): Promise<readonly UnsettledMail[]> =>
  (await tableUnsettled(store.table).list(now)).mails;
const listedOf = async (leadId: string): Promise<readonly UnsettledMail[]> =>
  (await list()).filter(({ lead }) => lead?.id === leadId);
/** A mail that was on its way when the sender died, or heard no answer. */
const unknown = async (leadId: string, how: 'killed' | 'lost' = 'killed'): Promise<string> => {
  await putLead(store.table, leadId, { name: 'Ann' }, { email: `${leadId}@example.com`, firstName: 'Ann' });
  const entry = { entry: 'e1', change: 'c', version: 1, at: NOW, ruleset: RULESET, running: true };
  await tableEntries(store.table).claim(leadId, 'warm-up', entry, null);
  answer = () =>
    how === 'lost' ? Promise.resolve({ outcome: 'unknown' }) : Promise.reject(new Error('killed'));
  await ask(leadId).catch(() => null);
  answer = () => Promise.resolve({ outcome: 'sent', messageId: 'm2' });
  sent.length = 0;
  now = NOW + 10 * MINUTE;
  return (await listedOf(leadId))[0]?.id ?? '';
};
const told = (leadId: string, eventType: string, step = '1'): object => ({
  source: 'aws.ses',
  detail: {
    eventType,
    mail: {
      messageId: 'm',
      tags: { lead: [leadId], journey: ['warm-up'], claim: [claimTag(name(leadId, step))] },
    },
  },
});
const started: [string, Readonly<Record<string, unknown>>][] = [];
const decide = (
  id: string,
  decision: string,
  claims: Record<string, string> = { email: 'me@lantern.example' },
) =>
  decideOnMail(
    {
      clock: ports.clock,
      unsettled: tableUnsettled(store.table),
      decisionMachine: 'arn',
      executions: {
        start: async (_, execution, input) => {
          started.push([execution, input]);
          await createSend(ports)({ kind: 'decision', ...input });
        },
      },
    },
    id,
    decision,
    { claims, body: Buffer.alloc(0) } as unknown as HttpRequest,
  );

describe('a mail of which nobody knows whether it went out', () => {
  test.each(['killed', 'lost'] as const)(
    'is listed when its sender was %s, with whom it was for',
    async (how) => {
      const id = await unknown(`list-${how}`, how);
      expect(id).not.toBe('');
      expect(await listedOf(`list-${how}`)).toEqual([
        {
          id,
          lead: { id: `list-${how}`, name: 'Ann', email: `list-${how}@example.com` },
          account: null,
          journey: 'warm-up',
          step: '1',
          email: 'trial',
          again: true,
          subject: 'Hi Ann',
          at: NOW,
        },
      ]);
    },
  );

  test('is not while it is under way, nor is one that was sent', async () => {
    await unknown('young');
    now = NOW + MINUTE;
    expect(await listedOf('young')).toEqual([]);
    await putLead(store.table, 'fine', {});
    await tableEntries(store.table).claim(
      'fine',
      'warm-up',
      { entry: 'e1', change: 'c', version: 1, at: NOW, ruleset: RULESET, running: true },
      null,
    );
    expect(await ask('fine')).toEqual({ outcome: 'sent' });
    now = NOW + 10 * MINUTE;
    expect(await listedOf('fine')).toEqual([]);
  });

  test.each([
    ['Delivery', 'sent'],
    ['Bounce', 'sent'],
    ['Open', 'sent'],
    ['Reject', 'refused'],
  ])('is settled by a %s that SES tells of later', async (eventType, outcome) => {
    await unknown(`ses-${eventType}`);
    await tableProve(store.table)(told(`ses-${eventType}`, eventType));
    expect(await claimOf(`ses-${eventType}`)).toMatchObject({ outcome, told: 'SES' });
    expect(await listedOf(`ses-${eventType}`)).toEqual([]);
    expect(await ask(`ses-${eventType}`)).toEqual({ outcome });
    expect(sent).toHaveLength(0);
  });

  test('stays settled if the sender comes to think that it does not know', async () => {
    await unknown('race');
    const claim = await claimOf('race');
    await tableProve(store.table)(told('race', 'Delivery'));
    const note = { by: String(claim?.by), at: NOW, journey: 'warm-up', email: 'trial', subject: 'Hi Ann' };
    await tableClaims(store.table).settle(name('race'), note, { outcome: 'unknown' });
    expect(await claimOf('race')).toMatchObject({ outcome: 'sent' });
  });

  test('of a lead that was merged is settled for the survivor', async () => {
    await unknown('younger');
    const item = await claimOf('younger');
    await putLead(store.table, 'younger', { into: 'older' });
    await putLead(store.table, 'older', {});
    await store.table.put({ ...item, pk: 'LEAD#older', from: 'younger' });
    expect(await listedOf('younger')).toEqual([]);
    expect(await listedOf('older')).toHaveLength(1);
    await tableProve(store.table)(told('younger', 'Delivery'));
    expect(await listedOf('older')).toEqual([]);
  });

  test('of an account’s handoff is settled, too, whatever the account is called', async () => {
    const accountId = 'acme#1/“ÅÄÖ”.example';
    await tableHandoffs<AccountBrief>(store.table, accountPk).open(accountId, {
      ...{ entry: 1, at: NOW, state: 'open', ruleset: RULESET },
      owner: { name: 'Freja', email: 'freja@lantern.example' },
      brief: {
        ...{ id: accountId, name: 'Acme', country: null, industry: null, employees: null, band: null },
        ...{ numbers: [], people: [], more: 0, products: [] },
      },
    });
    answer = () => Promise.resolve({ outcome: 'unknown' });
    const mail = { kind: 'handoff', accountId, entry: 1, ruleset: RULESET, step: 'mail', visit: 0 };
    expect(await createSend(ports)(mail)).toEqual({ outcome: 'unknown' });
    now = NOW + 10 * MINUTE;
    expect((await list()).filter(({ account }) => account === accountId)).toHaveLength(1);
    const tags = Object.fromEntries(Object.entries(sent[0]?.tags ?? {}).map(([key, tag]) => [key, [tag]]));
    for (const [tag] of Object.values(tags)) expect(tag).toMatch(/^[\w-]{1,255}$/);
    const event = { source: 'aws.ses', detail: { eventType: 'Delivery', mail: { messageId: 'm', tags } } };
    await tableProve(store.table)(event);
    expect((await list()).filter(({ account }) => account === accountId)).toEqual([]);
    expect(await createSend(ports)(mail)).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
  });

  test('what SES says of no claim, or of another’s, changes nothing', async () => {
    await unknown('quiet');
    for (const event of [
      told('quiet', 'Send'),
      told('quiet', 'Delivery', '2'),
      told('nobody', 'Delivery'),
      {
        source: 'aws.ses',
        detail: { eventType: 'Delivery', mail: { tags: { lead: ['quiet'], claim: ['x y'] } } },
      },
    ])
      await tableProve(store.table)(event);
    expect(await listedOf('quiet')).toHaveLength(1);
  });
});

describe('a person', () => {
  test('has it sent again: once, under a name of its own', async () => {
    const id = await unknown('again');
    expect(await decide(id, 'resend')).toEqual({ id, decision: 'resend' });
    await decide(id, 'resend');
    expect(sent).toHaveLength(1);
    expect(sent[0]?.tags.claim).toBe('e1_1-again_0');
    expect(await claimOf('again')).toMatchObject({ outcome: 'resent', decidedBy: 'me@lantern.example' });
    expect(await claimOf('again', '1.again')).toMatchObject({ outcome: 'sent' });
    expect(await listedOf('again')).toEqual([]);
    // The machine is named by the decision, so that two clicks start one.
    expect(new Set(started.slice(-2).map(([execution]) => execution)).size).toBe(1);
  });

  test('may decide once more, if that one is unknown, too', async () => {
    const id = await unknown('twice');
    answer = () => Promise.resolve({ outcome: 'unknown' });
    await decide(id, 'resend');
    now += 10 * MINUTE;
    const [second] = await listedOf('twice');
    expect(second?.step).toBe('1.again');
    answer = () => Promise.resolve({ outcome: 'sent' });
    await decide(second?.id ?? '', 'resend');
    expect(await claimOf('twice', '1.again.again')).toMatchObject({ outcome: 'sent' });
  });

  test('lets it be: nothing is sent, then or later', async () => {
    const id = await unknown('let-be');
    await decide(id, 'dismiss');
    expect(await claimOf('let-be')).toMatchObject({ outcome: 'dismissed', decidedBy: 'me@lantern.example' });
    expect(await listedOf('let-be')).toEqual([]);
    await expect(decide(id, 'resend')).rejects.toThrow('it is dismissed');
    expect(sent).toHaveLength(0);
  });

  test('who unsubscribed meanwhile is not written to again', async () => {
    const id = await unknown('gone');
    const { suppressionOfLead } = await import('../../../core/nurture/suppression.ts');
    await tableSuppressions(store.table).put(
      { hash: suppressionOfLead('gone'), reason: 'unsubscribed' },
      now,
    );
    await decide(id, 'resend');
    expect(sent).toHaveLength(0);
  });

  test('cannot decide on what is under way, settled, or nothing', async () => {
    const id = await unknown('early');
    now = NOW + MINUTE;
    await expect(decide(id, 'dismiss')).rejects.toThrow('on its way');
    now = NOW + 10 * MINUTE;
    await tableProve(store.table)(told('early', 'Delivery'));
    await expect(decide(id, 'resend')).rejects.toThrow('it is sent');
    for (const nothing of ['', 'x', '../..', Buffer.from('["LEAD#early","LEAD"]').toString('base64url')])
      await expect(decide(nothing, 'resend')).rejects.toThrow('no such mail');
    await expect(decide(id, 'delete')).rejects.toThrow('nothing lives here');
    await expect(decide(id, 'resend', {})).rejects.toThrow('token');
  });
});
