import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HandoffRecord } from '../../../core/handoff/handoff.ts';
import { handoffName } from '../../../core/handoff/answer.ts';
import { tableHandoffWeeks } from '../../../functions/aws/handoff-weeks.ts';
import { accountPk, handoffKey, leadKey } from '../../../functions/aws/keys.ts';
import { tableSent } from '../../../functions/read/sent.ts';
import { createAnswers } from '../../../functions/handoffs/answers.ts';
import { tableHandoffs } from '../../../functions/handoffs/handoffs.ts';
import { refOfName } from '../../../core/handoff/answer.ts';
import { tableStandings } from '../../../functions/handoffs/standing.ts';
import { tablePeople } from '../../../functions/journeys/people.ts';
import { tableRulesetParts } from '../../../functions/journeys/rulesets.ts';
import { requestEvent } from '../ingest/gateway.ts';
import { NOW, putLead, putRuleset, RULESET } from '../nurture.ts';
import { startTable, type TestTable } from '../table.ts';

let store: TestTable;
let told: { event: string; leadId: string; properties: object }[] = [];
let handler: ReturnType<typeof createAnswers>;
beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  await putRuleset(table, {
    scoring: { settings: {} },
    handoff: { default: { name: 'Sales', email: 's@example.com' }, reasons: { 'too-small': 'Too small' } },
  });
  handler = createAnswers({
    standings: tableStandings(table, tablePeople(table)),
    rulesets: tableRulesetParts(table, { now: () => NOW }),
    publish: ({ detail }) => {
      told.push(...(JSON.parse(detail) as { batch: typeof told }).batch);
      return Promise.resolve(true);
    },
    linkSecret: () => Promise.resolve(''),
    slackSecret: () => Promise.resolve('none'),
    post: () => Promise.reject(new Error('nothing is posted')),
    localSlack: false,
    clock: { now: () => NOW + 60_000 },
    publicUrl: 'https://kindling.example',
  });
});
afterAll(() => store.stop());
beforeEach(() => {
  told = [];
});

const open = async (id: string, more: object = {}, under?: typeof accountPk): Promise<void> => {
  if (under === undefined) await putLead(store.table, id, {});
  await tableHandoffs(store.table, under).open(id, {
    entry: 1,
    at: NOW,
    state: 'open',
    owner: { name: 'Freja', email: 'f@example.com' },
    ruleset: RULESET,
    brief: { name: 'A', band: 'hot', scores: [], reasons: [], timeline: [], products: [], ...more },
  } as unknown as HandoffRecord);
};
const say = async (
  path: string,
  body: unknown,
  claims: object = { email: 'noor@lantern.example' },
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const event = requestEvent(
    'POST',
    `/api/handoffs/${path}`,
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify(body)),
  );
  const requestContext = { ...event.requestContext, authorizer: { jwt: { claims } } };
  const { statusCode, body: text } = await handler({ ...event, requestContext }, {} as Context);
  return { status: statusCode ?? 200, body: JSON.parse(text ?? '{}') as Record<string, unknown> };
};

describe('who is signed in', () => {
  test('accepts a handoff under their own name, and the bus hears of it', async () => {
    await open('a1');
    const { status, body } = await say('answers', { handoff: 'lead/a1/1', answer: 'accepted' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'accepted',
      answer: { by: 'noor@lantern.example', at: NOW + 60_000 },
    });
    expect(told).toMatchObject([
      { event: 'handoff.accepted', leadId: 'a1', properties: { by: 'noor@lantern.example' } },
    ]);
  });

  test('of two who answer the first is taken, and the second is told who that was', async () => {
    await open('a2');
    await say('answers', { handoff: 'lead/a2/1', answer: 'not-a-fit', reason: 'too-small' });
    told = [];
    const { body } = await say(
      'answers',
      { handoff: 'lead/a2/1', answer: 'accepted' },
      { email: 'b@x.example' },
    );
    expect(body).toMatchObject({
      state: 'closed',
      answer: { what: 'not-a-fit', reason: 'too-small', by: 'noor@lantern.example' },
    });
    expect(told).toEqual([]);
  });

  test('tells how the deal ended, once the handoff is accepted', async () => {
    await open('a3');
    const won = { handoff: 'lead/a3/1', deal: 'won', amount: 12_000, reason: ' Bought the planner ' };
    expect(await say('deals', won)).toMatchObject({ status: 409 });
    await say('answers', { handoff: 'lead/a3/1', answer: 'accepted' });
    expect((await say('deals', won)).body).toMatchObject({
      state: 'closed',
      deal: { what: 'won', amount: 12_000, reason: 'Bought the planner', by: 'noor@lantern.example' },
    });
    expect(told.map(({ event }) => event)).toEqual(['handoff.accepted', 'deal.won']);
  });

  test('answers for an account, whatever its id, and each of its people hears', async () => {
    await open('acme/eu', { people: [{ leadId: 'p1' }, { leadId: 'p2' }] }, accountPk);
    await say('answers', { handoff: 'account/acme/eu/1', answer: 'not-now' });
    expect(told.map(({ leadId, event }) => [leadId, event])).toEqual([
      ['p1', 'handoff.rejected'],
      ['p2', 'handoff.rejected'],
    ]);
  });
});

test('a handoff that a merge took along is answered by the name under which it is listed and shown', async () => {
  const { table } = store;
  await open('young');
  await putLead(table, 'old', {});
  await open('old');
  const item = await table.get(handoffKey('young', 1));
  // The survivor has one of its own by the same number.
  await table.put({ ...item, from: 'young', ...leadKey('old'), sk: `${String(item?.sk)}~young` });
  await putLead(table, 'young', { into: 'old' });
  const listed = (await tableHandoffWeeks(table).list(NOW, NOW)).map(({ ref }) => handoffName(ref));
  expect(listed.filter((name) => /old|young/.test(name)).sort()).toEqual(['lead/old/1', 'lead/young/1']);
  const shown = await tableSent(table).handoffs('old');
  expect(shown.map(({ handoff }) => handoff).sort()).toEqual(['lead/old/1', 'lead/young/1']);
  expect(await say('answers', { handoff: 'lead/young/1', answer: 'accepted' })).toMatchObject({
    status: 200,
  });
  const after = await tableSent(table).handoffs('old');
  expect(after.map(({ handoff, state }) => [handoff, state]).sort()).toEqual([
    ['lead/old/1', 'open'],
    ['lead/young/1', 'accepted'],
  ]);
});

test.each([
  ['answers', { handoff: 'lead/a1/1', answer: 'maybe' }, 400],
  ['answers', { handoff: 'lead/a1/1', answer: 'not-a-fit' }, 400],
  ['answers', { handoff: 'lead/a1/1', answer: 'not-a-fit', reason: 'constructor' }, 400],
  ['answers', { handoff: 'lead/a1/1', answer: 'accepted', by: 'ceo@lantern.example' }, 400],
  ['answers', { handoff: 'lead/nobody/1', answer: 'accepted' }, 404],
  ['answers', { handoff: 'nonsense', answer: 'accepted' }, 404],
  ['deals', { handoff: 'lead/a1/1', deal: 'won', amount: -1 }, 400],
  ['others', {}, 404],
])('%s %j is refused, and nothing is told', async (path, body, status) => {
  expect((await say(path, body)).status).toBe(status);
  expect(told).toEqual([]);
});

test('nobody answers who does not say who they are', async () => {
  await open('a4');
  expect((await say('answers', { handoff: 'lead/a4/1', answer: 'accepted' }, {})).status).toBe(400);
  expect(told).toEqual([]);
});

test('a handoff’s name names it', () => {
  expect(refOfName('account/a/b/12')).toEqual({ of: 'account', id: 'a/b', entry: 12 });
  for (const name of ['lead//1', 'lead/a', 'team/a/1', 'lead/a/x']) expect(refOfName(name)).toBeNull();
});
