import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, type Engine } from '../../core/engine/compile.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { chanceOf } from './chance.ts';
import { deliver, Gate } from './client.ts';
import { crowdOf, type Sent, type Somebody } from './crowd.ts';
import { type Product, type SentMail, type SlackMessage, startProduct } from './product.ts';
import { readStored, type Stored, type StoredLead } from './stored.ts';

const RULES = join(import.meta.dirname, 'rules');
const START = '2026-05-04T08:00:00.000Z';
const KILLS = 10;
const MESSAGES = 2_000;
/** Of all that is sent, how much is a copy of something else. */
const COPIES = 0.3;
const SENDERS = 3;
/** How long it runs before it is killed, ms at most. */
const LIFE = 1_500;

const seed = Number(process.env['KINDLING_SEED'] ?? randomInt(2 ** 32));
const chance = chanceOf(seed);
const people = crowdOf(chance, (1 - COPIES) * MESSAGES, Date.parse(START));

/** Everybody's messages and the copies, shuffled, in batches of different sizes. */
const batchesOf = (messages: readonly Sent[]): Sent[][] => {
  const copies = Array.from({ length: MESSAGES - messages.length }, () => chance.one(messages));
  const all = chance.shuffled([...messages, ...copies]);
  const batches: Sent[][] = [];
  while (all.length > 0) batches.push(all.splice(0, chance.between(5, 25)));
  return batches;
};

describe(`killed ten times while two thousand events come in (KINDLING_SEED=${seed})`, () => {
  let data: string;
  let engine: Engine;
  let mails: readonly SentMail[];
  let slack: readonly SlackMessage[];
  let stored: Stored;
  let killer = new AbortController();
  const deaths: string[] = [];

  const start = (): Promise<Product> => {
    killer = new AbortController();
    return startProduct({
      data,
      args: ['--rules', RULES, '--virtual-clock', START],
      killer: killer.signal,
    });
  };

  beforeAll(async () => {
    process.stdout.write(`KINDLING_SEED=${seed} repeats this crash test\n`);
    data = await mkdtemp(join(tmpdir(), 'kindling-crash-'));
    const loaded = await loadRules(RULES);
    if (!loaded.ok) throw new Error('the rules are wrong');
    engine = compile(loaded.value);

    const batches = batchesOf(people.flatMap(({ messages }) => messages));
    const gate = new Gate();
    let life = Promise.withResolvers<Product>();
    const queue = batches.keys();
    const sending = Promise.all(
      Array.from({ length: SENDERS }, async () => {
        for (const at of queue) {
          await gate.pass(at);
          await deliver(batches[at]!, { running: () => life.promise });
        }
      }),
    );
    // told where it is awaited
    sending.catch(() => {});

    let startMs = 3_000;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const plan = chance.one(['starting', 'receiving', 'receiving', 'receiving', 'advancing'] as const);
      const moment = chance.next();
      const begun = performance.now();
      const starting = start();
      starting.catch(() => {});
      if (plan === 'starting') await sleep(moment * startMs);
      else {
        const product = await starting;
        startMs = performance.now() - begun;
        life.resolve(product);
        gate.open((batches.length * kill) / (KILLS + 1));
        if (plan === 'advancing') void product.advance(chance.one(['20m', '1d'])).catch(() => {});
        await sleep(moment * LIFE);
      }
      // whoever waits for the next life goes on waiting for it
      if (plan !== 'starting') life = Promise.withResolvers();
      killer.abort();
      deaths.push(`${plan} ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
      await starting.then(
        (product) => product.kill(),
        () => {},
      );
    }

    const product = await start();
    life.resolve(product);
    gate.open(batches.length);
    await sending;
    await product.idle();
    await product.advance('30m');
    await product.advance('3d');
    mails = await product.mail();
    slack = await product.slack();
    await product.stop();
    stored = await readStored(data);
    process.stdout.write(`killed at: ${deaths.join(', ')}\n`);
  }, 900_000);

  afterAll(async () => {
    killer.abort();
    await rm(data, { recursive: true, force: true });
  });

  const scored = (): StoredLead[] => stored.leads.filter(({ lead }) => lead.standing !== null);
  /** The one lead that this is now. */
  const leadOf = ({ userId }: Somebody): StoredLead => {
    const leads = scored().filter(({ lead }) => lead.users.includes(userId));
    expect(leads, userId).toHaveLength(1);
    return leads[0]!;
  };
  const subjectsTo = (email: string): string[] =>
    mails.filter(({ to }) => String(to).includes(email)).map(({ subject }) => subject);
  const unknown = (): number =>
    stored.leads.flatMap(({ claims }) => claims).filter(({ outcome }) => outcome === 'unknown').length;

  test('every acknowledged message is in the log of its lead, or in quarantine', () => {
    const lost = people.flatMap((somebody) => {
      const logged = new Set(leadOf(somebody).events.map(({ id }) => id));
      return somebody.messages
        .map(({ messageId }) => messageId)
        .filter((id) => !logged.has(id) && !stored.quarantined.has(id));
    });
    expect(lost).toEqual([]);
  });

  test("every lead's stored score is the score of its log", () => {
    expect(scored()).toHaveLength(people.length);
    for (const { lead, events } of scored()) {
      const { scores, total, band, grade, group, qualified } = engine.evaluate({ events }, lead.asOf);
      expect({ ...lead.standing, scores: lead.scores, total: lead.total }, lead.id).toEqual({
        ...{ scores, total, band, grade, group, qualified },
      });
    }
  });

  // Made, but killed before a key led to it; by the next try the key belonged to another lead.
  test('a lead that was never scored has no event and stands in no index', () => {
    for (const { lead, events } of stored.leads.filter((each) => !scored().includes(each))) {
      expect(events, lead.id).toEqual([]);
      expect(lead, lead.id).toMatchObject({ due: null, listed: null, name: null });
    }
  });

  test('everybody ends in the band that their messages make', () => {
    for (const somebody of people)
      expect(leadOf(somebody).lead.standing?.band, somebody.userId).toBe(somebody.band);
  });

  test('no mail and no Slack message went out twice', () => {
    const sent = mails.map(({ to, subject }) => `${String(to)}: ${subject}`);
    expect(sent.filter((mail, at) => sent.indexOf(mail) !== at)).toEqual([]);
    for (const { name } of people)
      expect(
        slack.filter((message) => JSON.stringify(message).includes(name)).length,
        name,
      ).toBeLessThanOrEqual(1);
  });

  test('every mail and Slack message that was due went out, or its claim is unknown: at most one a kill', () => {
    const missing: string[] = [];
    const due = (somebody: Somebody, email: string, went: boolean): void => {
      const claim = leadOf(somebody).claims.find((each) => each.email === email);
      if (!(went && claim !== undefined) && claim?.outcome !== 'unknown')
        missing.push(`${somebody.userId}: ${email}, ${claim?.outcome ?? 'not claimed'}`);
    };
    for (const somebody of people) {
      const subjects = subjectsTo(somebody.email);
      if (somebody.band === 'cold') expect(subjects, somebody.userId).toEqual([]);
      if (somebody.band === 'warm') {
        due(somebody, 'welcome', subjects.includes('Ada: welcome'));
        due(somebody, 'reminder', subjects.includes('Ada: reminder'));
      }
      if (somebody.band === 'hot') {
        const handoff = mails.some(({ subject }) => subject === `${somebody.name} is ready`);
        due(somebody, 'handoff', handoff);
        due(
          somebody,
          'slack',
          slack.some((message) => JSON.stringify(message).includes(somebody.name)),
        );
      }
    }
    expect(missing).toEqual([]);
    expect(unknown()).toBeLessThanOrEqual(KILLS);
  });
});
