import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JourneyView } from '../../core/view/journey.ts';
import type { UnsettledMail, UnsettledMails } from '../../core/view/mail.ts';
import { shortName } from '../../cli/unknown-mails.ts';
import { run, type Ran } from '../cli/run.ts';
import { chanceOf } from './chance.ts';
import { advanceTo, type Lives, type Shares, startLives } from './lives.ts';
import type { Product, SentMail } from './product.ts';

/** As many as the machine has time for: two thousand and ten thousand take an hour. */
const LEADS = Number(process.env['KINDLING_CROWD'] ?? 60);
const BURST = Number(process.env['KINDLING_BURST'] ?? 120);
const KILLS = Math.max(5, Math.round(LEADS / 160));
/** Leads that begin together, and how long before the next do, ms. */
const WAVE = 10;
const APART = 600_000;
const START = Date.parse('2026-05-04T08:00:00.000Z');
const HOUR = 3_600_000;
const MAILS = [
  ['welcome', 0],
  ['case', 48],
  ['reminder', 60],
] as const;
/** Services that say "later", and answers that are lost on their way. */
const FAULTS: Shares = {
  mail: { throttled: 0.05, lost: 0.02 },
  dynamodb: { throttled: 0.003, lost: 0.002, cut: 0.002 },
  states: { throttled: 0.02, lost: 0.01 },
  bus: { throttled: 0.01, lost: 0.005 },
  lambda: { throttled: 0.03, lost: 0.01 },
};
/**
 * How late a mail may be, ms: a message whose scorer was killed is hidden for minutes before it comes back, a task that
 * fails is tried again after up to two.
 */
const LATE = 30 * 60_000;

const seed = Number(process.env['KINDLING_SEED'] ?? randomInt(2 ** 32));
const chance = chanceOf(seed);

let data: string;
let rules: string;
let lives: Lives;
/** Mails that the kills left unknown. */
let left: readonly UnsettledMail[];
beforeAll(async () => {
  process.stdout.write(`KINDLING_SEED=${seed} repeats this test of a crowd\n`);
  data = await mkdtemp(join(tmpdir(), 'kindling-'));
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'crowd-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  const start = new Date(START).toISOString();
  lives = await startLives({ data, rules, start, faults: FAULTS, chance });
}, 120_000);
afterAll(async () => {
  await lives.end();
  await rm(rules, { recursive: true, force: true });
});

/** Somebody who is warm as soon as they are known. */
const known = (name: string, at: number): object => ({
  ...{ type: 'identify', userId: name, messageId: `m-${name}`, timestamp: new Date(at).toISOString() },
  traits: { email: `${name}@crowd.example`, firstName: name, title: 'Head of IT' },
});
const send = async (product: Product, messages: readonly object[]): Promise<void> => {
  for (let from = 0; from < messages.length; from += 250) {
    let status = 0;
    for (let attempt = 0; attempt < 20 && status !== 200; attempt += 1)
      ({ status } = await product.send(...messages.slice(from, from + 250)));
    expect(status).toBe(200);
  }
};
const nameOf = ({ to }: Pick<SentMail, 'to'>): string => String(to).split('@')[0] ?? '';
const subjectOf = ({ subject }: Pick<SentMail, 'subject'>): string =>
  MAILS.map(([begins]) => begins).find((begins) => subject.includes(begins)) ?? subject;
const unknown = async (): Promise<readonly UnsettledMail[]> =>
  (await lives.product.get<UnsettledMails>('/api/mails?outcome=unknown')).mails;

describe(`killed ${KILLS} times while ${LEADS} leads go through a journey of five steps (KINDLING_SEED=${seed})`, () => {
  const began = new Map<string, number>();
  let mails: readonly SentMail[];

  beforeAll(async () => {
    const waves = Math.ceil(LEADS / WAVE);
    const work: ((product: Product) => Promise<void>)[] = [];
    for (let wave = 0; wave < waves; wave += 1) {
      const at = START + wave * APART;
      const names = Array.from({ length: WAVE }, (_, n) => `w${wave}n${n}`).slice(0, LEADS - wave * WAVE);
      for (const name of names) began.set(name, at);
      const messages = names.map((name) => known(name, at));
      work.push(async (product) => {
        await send(product, messages);
        await product.idle();
        await advanceTo(product, at + APART);
      });
    }
    const end = START + waves * APART + 62 * HOUR;
    for (let at = START + waves * APART + 2 * HOUR; at <= end; at += 2 * HOUR)
      work.push((product) => advanceTo(product, at));
    const deaths = new Set(chance.shuffled([...work.keys()]).slice(0, KILLS));
    for (const [index, each] of work.entries()) await lives.through(each, deaths.has(index));
    mails = await lives.product.mail();
    left = await unknown();
  }, 3_600_000);

  const of = (name: string): readonly SentMail[] => mails.filter((mail) => nameOf(mail) === name);

  test('each mail is sent at most once, and in order', () => {
    for (const name of began.keys()) {
      const got = of(name).map(subjectOf);
      expect(got).toEqual(MAILS.map(([subject]) => subject).filter((subject) => got.includes(subject)));
    }
  });

  test('none is missing but those that are listed as unknown, at most one a kill', () => {
    const missing = [...began.keys()].flatMap((name) => {
      const got = of(name).map(subjectOf);
      return MAILS.filter(([subject]) => !got.includes(subject)).map(([subject]) => `${name} ${subject}`);
    });
    const listed = left.map(
      (mail) => `${mail.lead?.email?.split('@')[0] ?? ''} ${subjectOf({ subject: mail.subject ?? '' })}`,
    );
    process.stdout.write(
      `${mails.length} mails to ${began.size} leads, ${lives.kills} kills, unknown and missing: ${missing.join(', ') || 'none'}\n`,
    );
    expect(listed.sort()).toEqual(missing.sort());
    expect(missing.length).toBeLessThanOrEqual(lives.kills);
    expect(lives.kills).toBe(KILLS);
  });

  test('each is sent at its time', () => {
    const late = [...began].flatMap(([name, at]) =>
      of(name).map((mail) => {
        const [, hours] = MAILS.find(([subject]) => subject === subjectOf(mail)) ?? ['', 0];
        return Date.parse(String(mail.at)) - (at + hours * HOUR);
      }),
    );
    const sorted = late.toSorted((a, b) => a - b);
    const at = (share: number): number => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1_000;
    process.stdout.write(
      `late by: median ${at(0.5)} s, p90 ${at(0.9)} s, p99 ${at(0.99)} s, most ${at(1)} s\n`,
    );
    expect(at(0)).toBeGreaterThanOrEqual(0);
    expect(at(0.5)).toBeLessThan(30);
    expect(at(1)).toBeLessThan(LATE / 1_000);
  });

  test('everybody is through, and nobody failed', async () => {
    const { journeys } = await lives.product.get<{ journeys: JourneyView[] }>('/api/journeys');
    expect(journeys[0]?.counts).toMatchObject({
      begun: Math.min(LEADS, 2_000),
      running: 0,
      ended: { completed: Math.min(LEADS, 2_000) },
    });
  });
});

describe('mails that never reach the service', () => {
  test('are missing, and each is listed; a person sends one once more, and lets another be', async () => {
    await lives.fail({ mail: { cut: 0.3 } });
    const { now } = await lives.product.get<{ now: string }>('/_local/clock');
    const names = Array.from({ length: 20 }, (_, n) => `c${n}`);
    await send(
      lives.product,
      names.map((name) => known(name, Date.parse(now))),
    );
    await lives.product.idle();
    await lives.product.advance('5m');
    const mails = await lives.product.mail();
    const missing = names.filter((name) => !mails.some((mail) => nameOf(mail) === name));
    const before = left.map(({ id }) => id);
    const listed = (await unknown()).filter(({ id }) => !before.includes(id));
    expect(listed.map(({ lead }) => lead?.email?.split('@')[0]).sort()).toEqual(missing.sort());
    expect(missing.length).toBeGreaterThan(1);

    await lives.fail({});
    const kindling = (...argv: string[]): Promise<Ran> => run(['mail', ...argv, '--data', data]);
    const shown = await kindling('unknown');
    for (const mail of listed) expect(shown.out).toContain(`${shortName(mail)}  `);
    expect(shown.out).toContain('Each may have gone out, or not.');
    const [again, never, ...others] = listed;
    if (again === undefined || never === undefined) throw new Error('too few were lost');
    const resend = (): Promise<Ran> => kindling('resend', shortName(again));
    const both = await Promise.all([resend(), resend()]);
    // Who comes second may find that it has left the list.
    expect(both.find(({ code }) => code === 0)?.out).toMatch(
      /^“.+” to .+, warm-up step 1 is sent once more\.\n$/,
    );
    const dismissed = await kindling('dismiss', never.id, '--why', 'they called us');
    expect(dismissed).toMatchObject({ code: 0, err: '' });
    await lives.product.idle();
    const sent = (await lives.product.mail()).slice(mails.length);
    expect(sent.map(nameOf)).toEqual([again?.lead?.email?.split('@')[0]]);
    left = await unknown();
    expect(left.map(({ id }) => id).sort()).toEqual([...before, ...others.map(({ id }) => id)].sort());
    // What is decided has left the list.
    const late = await kindling('dismiss', shortName(never));
    expect(late).toMatchObject({ code: 1, out: '' });
    expect(late.err).toContain(`no mail of unknown outcome is called "${shortName(never)}"`);
  }, 120_000);
});

describe('a burst of leads that enter a band at once', () => {
  /** Lets them enter, and answers when each of them got its one mail, ms after that, in order. */
  const burst = async (prefix: string, size: number): Promise<readonly number[]> => {
    const before = (await lives.product.mail()).length;
    const { now } = await lives.product.get<{ now: string }>('/_local/clock');
    const at = Date.parse(now);
    const names = Array.from({ length: size }, (_, n) => `${prefix}${n}`);
    // Bit by bit, since nobody waits for an answer longer than five minutes; the clock stands still all the while.
    for (let from = 0; from < size; from += 250) {
      const some = names.slice(from, from + 250).map((name) => known(name, at));
      await send(lives.product, some);
      await lives.product.idle();
    }
    expect(await lives.product.get('/_local/clock')).toMatchObject({ now });
    for (let ahead = 0; ahead < leastOf(size) + 10 * 60_000; ahead += 15_000)
      await advanceTo(lives.product, at + ahead + 15_000);
    const sent = (await lives.product.mail()).slice(before);
    expect(sent).toHaveLength(size);
    expect(new Set(sent.map(nameOf)).size).toBe(size);
    expect(await unknown()).toEqual(left);
    return sent.map((mail) => Date.parse(String(mail.at)) - at).sort((a, b) => a - b);
  };
  /** What so many take, ms, at four fifths of fourteen a second. */
  const leastOf = (size: number): number => (size / 11) * 1_000;
  const seconds = (times: readonly number[], share: number): number =>
    (times[Math.floor(share * (times.length - 1))] ?? 0) / 1_000;

  test(`of ${BURST} is sent smoothly: nothing is lost, nothing goes faster than the account may send`, async () => {
    await lives.fail({});
    const times = await burst('b', BURST);
    for (const [index, time] of times.entries())
      expect(time - (times[index - 14] ?? -Infinity)).toBeGreaterThanOrEqual(1_000);
    process.stdout.write(`${BURST} mails in ${seconds(times, 1)} s of virtual time\n`);
    expect(seconds(times, 1)).toBeLessThan(leastOf(BURST) / 1_000 + 5);
  }, 3_600_000);

  test(`of ${Math.ceil(BURST / 4)} loses nothing where functions, the table and the mail service are asked too often`, async () => {
    const size = Math.ceil(BURST / 4);
    const often = { throttled: 0.1 };
    await lives.fail({ lambda: often, mail: often, states: often, dynamodb: { throttled: 0.01 } });
    const times = await burst('t', size);
    process.stdout.write(
      `${size} mails, told to wait, in ${seconds(times, 1)} s, 95 % in ${seconds(times, 0.95)} s\n`,
    );
    expect(seconds(times, 0.95)).toBeLessThan(leastOf(size) / 1_000 + 60);
  }, 3_600_000);
});
