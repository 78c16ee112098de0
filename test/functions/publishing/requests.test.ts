import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Publication } from '../../../core/publish/origin.ts';
import { MAX_PART, manifestOf, partsOf, type Parts } from '../../../core/publish/parts.ts';
import { type Ruleset, rulesetHash } from '../../../core/ruleset.ts';
import { liveKey } from '../../../functions/aws/keys.ts';
import { publicationItem } from '../../../functions/aws/published.ts';
import { readLive, tableRulesets } from '../../../functions/aws/rulesets.ts';
import type { Table } from '../../../functions/aws/table.ts';
import { tableEntries } from '../../../functions/journeys/entries.ts';
import type { Listed, PublishRequest } from '../../../core/publish/request.ts';
import { answerRequest, type PublishAnswer } from '../../../functions/publishing/requests.ts';
import { NOW, ruleset } from '../scoring/product.ts';
import { startTable, type TestTable } from '../table.ts';
import { publishPorts } from './publisher.ts';

let server: TestTable;
let rescored: Publication[];
let now = NOW;

beforeAll(async () => {
  server = await startTable();
});
afterAll(() => server.stop());
beforeEach(() => {
  rescored = [];
  now += 3_600_000;
});

const UNLIMITED = { handoffs: null, mails: null };
/** The same rules, but hot begins elsewhere. */
const hotFrom = (points: number, more: object = {}): Ruleset => ({
  ...ruleset,
  bands: { ...ruleset.bands, bands: { cold: 0, hot: points } },
  ...more,
});
const ports = (table: Table = server.table, deployed: Ruleset = ruleset) =>
  publishPorts(table, deployed, () => now, rescored);
const ask = (request: PublishRequest, table?: Table): Promise<PublishAnswer> =>
  answerRequest(ports(table), request);
const put = async (hash: string, parts: Parts, table?: Table): Promise<PublishAnswer> => {
  const answer = await ask({ op: 'put', hash, parts }, table);
  return answer.ok ? ask({ op: 'announce', hash, parts: manifestOf(parts).parts }, table) : answer;
};
const switchTo = (hash: string, more: object = {}, table?: Table): Promise<PublishAnswer> =>
  ask({ op: 'switch', hash, terms: UNLIMITED, ...more }, table);
const publishAll = async (rules: Ruleset, table?: Table): Promise<PublishAnswer> => {
  const hash = rulesetHash(rules);
  const answer = await put(hash, partsOf(rules), table);
  return answer.ok ? switchTo(hash, {}, table) : answer;
};
const live = async (): Promise<string | undefined> => (await readLive(server.table))?.hash;

describe('a deployer', () => {
  test('publishes, switches, and has the leads brought to it; doing it again changes nothing', async () => {
    await publishAll(hotFrom(51));
    const answer = await publishAll(hotFrom(52));
    expect(answer).toMatchObject({ ok: true, value: { hash: rulesetHash(hotFrom(52)) } });
    const { epoch } = (answer as { value: Publication }).value;
    expect(rescored.at(-1)).toMatchObject({ epoch });
    expect(await publishAll(hotFrom(52))).toMatchObject({ ok: true, value: { epoch } });
  });

  test('hears that its plan is stale', async () => {
    await publishAll(hotFrom(53));
    const parts = partsOf(hotFrom(54));
    await put(rulesetHash(hotFrom(54)), parts);
    const refused = await switchTo(rulesetHash(hotFrom(54)), { base: rulesetHash(hotFrom(51)) });
    expect(refused).toMatchObject({ ok: false, kind: 'Conflict' });
    expect((refused as { reason: string }).reason).toContain('make a new plan');
    expect(await live()).toBe(rulesetHash(hotFrom(53)));
    const answer = await switchTo(rulesetHash(hotFrom(54)), { base: rulesetHash(hotFrom(53)) });
    expect(answer.ok).toBe(true);
  });

  test('cannot publish a part that no item holds, and is told how to mend it', async () => {
    const html = `<p>${'x'.repeat(MAX_PART)}</p>`;
    const large = hotFrom(55, { emails: { hello: { subject: 'Hi', html, text: 'Hi' } } });
    const refused = await publishAll(large);
    expect(refused).toMatchObject({ ok: false, kind: 'Invalid' });
    expect((refused as { reason: string }).reason).toMatch(
      /^emails\/hello\.mjml is 351 kB compiled; 350 kB is the most: link to images/,
    );
  });

  test.each([
    [
      'a rule without its points',
      (rules: Ruleset) => ({ ...rules.scores, fit: { score: 'fit', rules: { a: { why: 'x' } } } }),
    ],
    ['a score that is not there', (rules: Ruleset) => ({ engagement: rules.scores['engagement'] })],
  ])('cannot make %s live', async (_, scores) => {
    const before = await live();
    const broken = { ...hotFrom(56), scores: scores(ruleset) } as Ruleset;
    const answer = await publishAll(broken);
    expect(answer).toMatchObject({ ok: false, kind: 'Invalid' });
    expect((answer as { reason: string }).reason).toContain('is broken');
    expect(await live()).toBe(before);
  });

  test('cannot make a ruleset live whose journeys have no machines, and is told what to do', async () => {
    const journeys = {
      welcome: { journey: 'welcome', start: { band: 'hot' }, steps: [{ wait: '1d' }] },
    };
    const answer = await publishAll(hotFrom(57, { journeys }));
    expect(answer).toMatchObject({ ok: false, kind: 'Invalid' });
    const { reason } = answer as { reason: string };
    expect(reason).toContain('the journey `welcome` is new');
    expect(reason).toContain('npx cdk deploy');
  });

  test('cannot take away what leads on their way need, neither by a deploy nor by going back', async () => {
    const handoff = (team: string): Ruleset['handoff'] => ({
      default: { name: 'Sales', email: 'sales@example.com' },
      teams: { [team]: { members: [{ name: 'S', email: 's@example.com' }] } },
    });
    const journeys: Ruleset['journeys'] = {
      call: { journey: 'call', start: { band: 'hot' }, steps: [{ notify: 'closers' }] },
    };
    const [before, after] = ['closers', 'others'].map((team) =>
      hotFrom(33, { journeys, handoff: handoff(team) }),
    ) as [Ruleset, Ruleset];
    const own = ports(server.table, { ...ruleset, journeys });
    const asked = (request: PublishRequest): Promise<PublishAnswer> => answerRequest(own, request);
    for (const rules of [before, after]) await put(rulesetHash(rules), partsOf(rules));
    // Where nobody is on the way, nobody needs it.
    const entry = { entry: 'e', change: 'c', version: 1, at: now, running: true };
    await tableEntries(server.table).claim(
      'somebody',
      'call',
      { ...entry, ruleset: rulesetHash(before) },
      null,
    );
    const was = await live();
    expect(await asked({ op: 'switch', hash: rulesetHash(before), terms: UNLIMITED })).toMatchObject({
      ok: true,
    });
    const refused = {
      ok: false,
      reason:
        'handoff.yaml: `closers` is removed, and 1 lead is on the way to a step of `call` that needs it: keep it until they are through',
    };
    for (const op of ['switch', 'rollback'] as const)
      expect(await asked({ op, hash: rulesetHash(after), terms: UNLIMITED })).toMatchObject(refused);
    expect(await asked({ op: 'rollback', terms: UNLIMITED })).toMatchObject({
      ok: false,
      reason: expect.stringContaining(
        '`call` is removed, and 1 lead is on the way through it: set `retired: true` first',
      ) as string,
    });
    // By a deploy of the stack they are gone.
    await server.table.put({
      ...liveKey,
      ...publicationItem({ ...((await readLive(server.table)) as Publication), hash: was ?? '' }),
    });
  });

  test('cannot make live what lacks a part, or has another one', async () => {
    const rules = hotFrom(58, { emails: { hello: { subject: 'Hi', html: '<p>Hi</p>', text: 'Hi' } } });
    const hash = rulesetHash(rules);
    const { ['email#hello']: email = '', ...parts } = partsOf(rules);
    await ask({ op: 'put', hash, parts });
    await ask({ op: 'announce', hash, parts: manifestOf(partsOf(rules)).parts });
    expect(await switchTo(hash)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('is missing') as string,
    });
    await ask({ op: 'put', hash, parts: { 'email#hello': email.replace('Hi', 'Ho') } });
    expect(await switchTo(hash)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('not what was announced') as string,
    });
    await ask({ op: 'put', hash, parts: { 'email#hello': email } });
    expect(await switchTo(hash)).toMatchObject({ ok: true });
    // From here on it is what it is, whoever writes.
    await ask({ op: 'put', hash, parts: { 'email#hello': email.replace('Hi', 'Ho') } });
    expect(await publishAll(hotFrom(59))).toMatchObject({ ok: true });
    expect(await switchTo(hash)).toMatchObject({ ok: true });
  });

  test('cannot name one ruleset and bring another', async () => {
    const hash = rulesetHash(hotFrom(60));
    await put(hash, partsOf(hotFrom(61)));
    expect(await switchTo(hash)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('its parts are ruleset') as string,
    });
  });

  test('goes back by one request, and forth again; epochs rise', async () => {
    await publishAll(hotFrom(62));
    await publishAll(hotFrom(63));
    const { epoch } = (await readLive(server.table)) as Publication;
    const back = await ask({ op: 'rollback', terms: { handoffs: 0, mails: 0 }, by: 'Ann' });
    expect(back).toMatchObject({
      ok: true,
      value: { hash: rulesetHash(hotFrom(62)), epoch: epoch + 1, by: 'Ann', terms: { handoffs: 0 } },
    });
    expect(rescored.at(-1)).toMatchObject({ epoch: epoch + 1 });
    const named = await ask({ op: 'rollback', hash: rulesetHash(hotFrom(53)), terms: UNLIMITED });
    expect(named).toMatchObject({ ok: true, value: { epoch: epoch + 2 } });
    const { value } = (await ask({ op: 'list' })) as { value: Listed };
    expect(value.publications.map((each) => each.epoch)).toEqual(
      Array.from({ length: epoch + 2 }, (_, at) => at + 1),
    );
    expect(value.live).toMatchObject({ epoch: epoch + 2 });
    expect(await ask({ op: 'rollback', hash: '0123456789abcdef', terms: UNLIMITED })).toMatchObject({
      ok: false,
      kind: 'NotFound',
    });
  });

  test('sets a challenger beside what is live, and takes it away', async () => {
    const before = await live();
    const hash = rulesetHash(hotFrom(64));
    expect(await ask({ op: 'shadow', hash })).toMatchObject({ ok: false, kind: 'NotFound' });
    await put(hash, partsOf(hotFrom(64)));
    expect(await ask({ op: 'shadow', hash, by: 'Ann' })).toMatchObject({
      ok: true,
      value: { hash, at: now },
    });
    const since = now;
    now += 1_000;
    expect(await ask({ op: 'shadow', hash })).toMatchObject({ value: { at: since } });
    expect(await ask({ op: 'list' })).toMatchObject({ value: { shadow: { hash }, live: { hash: before } } });
    await ask({ op: 'shadow', hash: null });
    expect(await ask({ op: 'list' })).toMatchObject({ value: { shadow: null } });
  });

  test('is told what is no request', async () => {
    expect(await ask({ op: 'switch', hash: 'x', terms: UNLIMITED })).toMatchObject({
      ok: false,
      kind: 'Invalid',
    });
  });
});

/** A table whose writer dies at its n-th write: just before it, or just after it, when nobody hears of it. */
const dying = (table: Table, at: number, after: boolean): Table => {
  let writes = 0;
  return {
    ...table,
    put: async (item, condition) => {
      writes += 1;
      if (writes > at || (writes === at && !after)) throw new Error('killed');
      const done = await table.put(item, condition);
      if (writes === at) throw new Error('killed');
      return done;
    },
  };
};

test('killed at any write it leaves the old ruleset live, or the new one whole; again, it is done', async () => {
  await publishAll(hotFrom(70));
  let points = 71;
  let finished = false;
  for (let at = 1; !finished; at += 1)
    for (const after of [false, true]) {
      const before = (await readLive(server.table)) as Publication;
      const next = hotFrom(points, { emails: { hello: { subject: `${points}`, html: '<p>', text: 'Hi' } } });
      points += 1;
      const hash = rulesetHash(next);
      const told = await publishAll(next, dying(server.table, at, after)).catch(() => null);
      finished = told !== null;
      const now = (await readLive(server.table)) as Publication;
      expect([before.hash, hash]).toContain(now.hash);
      // Whatever is live can be scored by.
      const engine = (await tableRulesets(server.table, { now: () => NOW }).live()).engine;
      expect(engine.hash).toBe(now.hash);
      expect(await publishAll(next)).toMatchObject({ ok: true, value: { hash, epoch: before.epoch + 1 } });
      expect(rescored.at(-1)).toMatchObject({ epoch: before.epoch + 1 });
      const { value } = (await ask({ op: 'list' })) as { value: Listed };
      expect(value.publications.map(({ epoch }) => epoch)).toEqual(
        Array.from({ length: before.epoch + 1 }, (_, n) => n + 1),
      );
    }
  // Four parts, the list of them, the switch, and its note.
  expect(points).toBeGreaterThan(71 + 2 * 6);
});

test('two that switch at once, each against what it saw, leave one of them live', async () => {
  const before = (await readLive(server.table)) as Publication;
  const [a, b] = [hotFrom(30), hotFrom(31)];
  for (const rules of [a, b]) await put(rulesetHash(rules), partsOf(rules));
  const answers = await Promise.all(
    [a, b].map((rules) => switchTo(rulesetHash(rules), { base: before.hash })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await readLive(server.table)).toMatchObject({ epoch: before.epoch + 1 });
});
