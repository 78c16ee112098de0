import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { Impact } from '../../core/impact/report.ts';
import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const NOW = '2026-03-02T12:00:00.000Z';
const at = (daysAgo: number): string => new Date(Date.parse(NOW) - daysAgo * 86_400_000).toISOString();
const mail = (subject: string): string =>
  `---\nsubject: ${subject}\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi, <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section></mj-body></mjml>\n`;
const BASE = {
  ...RULES,
  'rules/handoff.yaml': 'again_after: 30d\ndefault: { name: Sales, email: sales@us.example }\n',
  'rules/settings.yaml':
    'sender: { email: us@us.example, address: Here }\nconsent: not-required\ntopics: { tips: Tips }\n',
  ...Object.fromEntries(['one', 'two'].map((name) => [`rules/emails/${name}.mjml`, mail(name)])),
  'rules/emails/handoff.mjml': mail('Call').replace('unsubscribe_url', 'lead.email'),
};

let sent = 0;
const message = (userId: string, daysAgo: number, rest: object): string =>
  `${JSON.stringify({ userId, messageId: `m${(sent += 1)}`, timestamp: at(daysAgo), ...rest })}\n`;
const identify = (userId: string, daysAgo: number, traits: object = {}): string =>
  message(userId, daysAgo, { type: 'identify', traits: { email: `${userId}@lead.example`, ...traits } });
const track = (userId: string, daysAgo: number, event: string, properties: object = {}): string =>
  message(userId, daysAgo, { type: 'track', event, properties });

type Mails = Impact['mails'];
/** @param journey steps and all, of both; @param change what the new rules say instead of what */
async function planned(
  journey: string,
  events: string,
  {
    change = ['points: 40', 'points: 40'],
    since = '4w',
    files = {},
    head = {},
    format = 'json',
  }: {
    change?: readonly [string, string];
    since?: string;
    files?: Readonly<Record<string, string>>;
    head?: Readonly<Record<string, string>>;
    format?: string;
  } = {},
) {
  const base: Record<string, string> = {
    ...BASE,
    'rules/journeys/tour.yaml': `journey: tour\n${journey}`,
    ...files,
  };
  const next: Record<string, string> = { ...base, ...head };
  next['rules/scores/intent.yaml'] = (next['rules/scores/intent.yaml'] ?? '').replace(...change);
  const under = Object.fromEntries(
    Object.entries(next).map(([file, text]) => [file.replace(/^rules/, 'head'), text]),
  );
  const dir = folder({ ...base, ...under, 'events.ndjson': events });
  const { out, err, code } = await run([
    'plan', '--base', join(dir, 'rules'), '--head', join(dir, 'head'), '--history', join(dir, 'events.ndjson'),
    '--at', NOW, '--since', since, '--format', format,
  ]); // prettier-ignore
  expect(err).not.toContain('kindling:');
  return {
    out,
    code,
    mails: (format === 'json' ? (JSON.parse(out) as { mails: Mails }).mails : null) as Mails,
  };
}

/** Ida asked for a demo ten days ago (40 points, warm). */
const IDA = identify('ida', 20) + track('ida', 10, 'Demo Booked');
const DRIP = 'start: { band: warm }\nagain_after: 30d\nsteps:\n  - send: one\n  - wait: 3d\n  - send: two\n';

test('mails of the weeks behind are counted one by one, as far as they had gone out by then', async () => {
  const { mails } = await planned(DRIP, IDA);
  // The first ten days ago, the second seven.
  expect(mails.journeys['tour']).toMatchObject({ begin: { now: 0 }, now: 0, following: 0 });
  expect(mails.perWeekBefore).toBeCloseTo(2 / (20 / 7), 2);
  expect(mails.perWeekAfter).toBe(mails.perWeekBefore);
  const late = await planned(DRIP, identify('ida', 20) + track('ida', 1, 'Demo Booked'));
  expect(late.mails.perWeekBefore).toBeCloseTo(1 / (20 / 7), 2);
});

/** Cleo has just looked at prices: ten points, or 25 and warm by the new rules. */
const CLEO = identify('cleo', 20) + message('cleo', 0.01, { type: 'page', properties: { path: '/pricing' } });
const warmer = { change: ['points: 10', 'points: 25'] } as const;

test('at once are the mails before any wait, later are those that follow', async () => {
  const { mails } = await planned(DRIP, CLEO, warmer);
  expect(mails).toMatchObject({ begin: { now: 1 }, now: 1, following: 1 });
  const { out } = await planned(DRIP, CLEO, { ...warmer, format: 'text' });
  expect(out).toMatch(/ +at once +later +a week before +a week after\n/);
  expect(out).toMatch(/tour: leads that begin +1 +0 +0\.35\n {2}tour: mails +1 +1 +0 +0\.35\n/);
  expect(out).toContain('1 journey (2 mails) at once');
  // Who began it lately does not begin again, though the change would have it.
  const again = await planned(DRIP, track('cleo', 25, 'Demo Booked') + CLEO, warmer);
  expect(again.mails).toMatchObject({ begin: { now: 0 }, now: 0, following: 0 });
});

test('what follows is asked for as it will be: points fade, and a journey stops where it says', async () => {
  const stopping = (wait: string): string => `stop:\n  - { band: cold }\n${DRIP.replace('3d', wait)}`;
  // 25 points, halved every ten days, are 20 for three days.
  expect((await planned(stopping('3d'), CLEO, warmer)).mails).toMatchObject({ now: 1, following: 1 });
  expect((await planned(stopping('5d'), CLEO, warmer)).mails).toMatchObject({ now: 1, following: 0 });
});

test('who is handed over by the same change gets no mail', async () => {
  const boss = CLEO + identify('cleo', 19, { title: 'CEO' });
  const rules = DRIP.replace('band: warm', 'band: hot');
  const { mails, out } = await planned(rules, boss, { change: ['points: 10', 'points: 45'] });
  expect(JSON.parse(out)).toMatchObject({ handoffs: { now: 1 } });
  expect(mails).toMatchObject({ begin: { now: 1 }, now: 0, following: 0 });
});

test('events start journeys, and what sales gives back; each lead once in its time', async () => {
  const start = (what: string): string => `start: ${what}\nagain_after: 5d\nsteps:\n  - send: one\n`;
  const events = IDA + track('ida', 8, 'Guide') + track('ida', 7, 'Guide') + track('ida', 2, 'Guide');
  // The one a day after the first is too soon.
  const guide = await planned(start('{ event: Guide }'), events);
  expect(guide.mails.perWeekBefore).toBeCloseTo(2 / (20 / 7), 2);
  const back = IDA + track('ida', 4, 'handoff.rejected', { reason: 'not-now' });
  const rejected = await planned(start('{ qualified: rejected, reason: not-now }'), back);
  expect(rejected.mails.perWeekBefore).toBeCloseTo(1 / (20 / 7), 2);
  const other = await planned(start('{ qualified: rejected, reason: too-small }'), back);
  expect(other.mails.perWeekBefore).toBe(0);
});

test('a journey for some, with some held out and two ways, counts only who is in it and which way they go', async () => {
  const many = Array.from({ length: 200 }, (_, n) => {
    const who = `user-${n}`;
    return identify(who, 20, n % 2 === 0 ? { country: 'DK' } : {}) + track(who, 10, 'Demo Booked');
  }).join('');
  const rules =
    'start: { band: warm }\nfor: { lead.country: DK }\nhold_out: 50%\nsteps:\n' +
    '  - split: { long: 50%, short: 50% }\n    then:\n      long:\n        - send: one\n        - send: two\n      short:\n        - send: one\n';
  const weeks = 20 / 7;
  const { mails } = await planned(rules, many);
  const [begun, letters] = [mails.begin.perWeekBefore * weeks, mails.perWeekBefore * weeks];
  // Of a hundred Danes about half, with about three mails for two.
  expect(begun).toBeGreaterThan(35);
  expect(begun).toBeLessThan(65);
  expect(letters / begun).toBeGreaterThan(1.3);
  expect(letters / begun).toBeLessThan(1.7);
  const all = await planned(
    rules.replace('hold_out: 50%\n', '').replace('for: { lead.country: DK }\n', ''),
    many,
  );
  expect(all.mails.begin.perWeekBefore * weeks).toBeCloseTo(200, 0);
});

test('no mail goes to who has not agreed, has unsubscribed from it, or has no address yet', async () => {
  const settings = {
    'rules/settings.yaml': 'sender: { email: us@us.example, address: Here }\ntopics: { tips: Tips }\n',
  };
  const agreed = identify('ida', 20, { consent: { purpose: 'nurture', source: 'form', at: at(20) } });
  const asked = track('ida', 10, 'Demo Booked');
  const tips = `topic: tips\n${DRIP}`;
  const perWeek = async (
    events: string,
    files: Readonly<Record<string, string>> = settings,
  ): Promise<number> => Math.round((await planned(tips, events, { files })).mails.perWeekBefore * (20 / 7));
  expect(await perWeek(identify('ida', 20) + asked)).toBe(0);
  expect(await perWeek(agreed + asked)).toBe(2);
  expect(await perWeek(agreed + asked + track('ida', 8, 'email.unsubscribed', { topic: 'tips' }))).toBe(1);
  expect(await perWeek(agreed + asked + track('ida', 8, 'email.unsubscribed', { topic: 'other' }))).toBe(2);
  expect(await perWeek(agreed + asked + track('ida', 8, 'email.unsubscribed'))).toBe(1);
  expect(await perWeek(agreed + asked + track('ida', 8, 'email.bounced', { permanent: false }))).toBe(2);
  // Known by name two days ago: the journey of where she stands begins then.
  const late = track('ida', 20, 'Looked') + asked + identify('ida', 2);
  expect(await perWeek(late, {})).toBe(1);
});

test('a journey that hands over opens a handoff, and ends for sales’ sake', async () => {
  const rules = 'start: { band: warm }\nsteps:\n  - send: one\n  - wait: 1d\n  - handoff: true\n';
  const { out } = await planned(rules, IDA);
  expect((JSON.parse(out) as Impact).handoffs.perWeekBefore).toBeCloseTo(1 / (20 / 7), 2);
});

test('other steps change the weeks and no lead: exit code 2, and the table says so', async () => {
  const head = { 'rules/journeys/tour.yaml': `journey: tour\n${DRIP}  - send: one\n` };
  const { out, code } = await planned(DRIP, IDA, { head, format: 'text' });
  expect(code).toBe(2);
  expect(out).toMatch(/tour: mails +0 +0\.7 +1\.05/);
  expect(out).not.toContain('leads that begin');
  expect(out).toContain('~ journey tour');
});
