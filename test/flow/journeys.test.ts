import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHeldOut, wayOf } from '../../core/nurture/share.ts';
import type { HandoffItem } from '../../core/view/handoff.ts';
import type { JourneyView } from '../../core/view/journey.ts';
import { run, type Ran } from '../cli/run.ts';
import { advanceTo } from './lives.ts';
import { type Product, startProduct } from './product.ts';

/** A Wednesday, four days before Europe sets its clocks forward, and eleven before Australia sets its back. */
const START = Date.parse('2027-03-24T09:00:00.000Z');
const DAY = 86_400_000;
const COHORT = 40;

let rules: string;
let product: Product;
beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'journey-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  // Its mail has buttons.
  const [from, to] = [join(import.meta.dirname, 'handoff-rules'), rules].map((dir) =>
    join(dir, 'emails', 'handoff.mjml'),
  );
  await cp(from ?? '', to ?? '');
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', iso(START)] });
}, 120_000);
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const iso = (at: number): string => new Date(at).toISOString();
const now = async (): Promise<number> =>
  Date.parse((await product.get<{ now: string }>('/_local/clock')).now);
let ids = 0;
const send = async (...messages: readonly object[]): Promise<void> => {
  const timestamp = iso(await now());
  await product.send(...messages.map((each) => ({ messageId: `m${(ids += 1)}`, timestamp, ...each })));
  await product.idle();
};
const is = (userId: string, traits: object = {}): object => ({
  ...{ type: 'identify', userId },
  traits: { email: `${userId}@beta.example`, firstName: userId, ...traits },
});
const does = (userId: string, event: string, properties: object = {}): object => ({
  ...{ type: 'track', userId, event, properties },
});
/** @example ['2027-03-28T07:00 welcome'] */
const mailsTo = async (userId: string): Promise<string[]> =>
  (await product.mail())
    .filter(({ to }) => String(to).includes(`${userId}@beta`))
    .map(({ at, subject }) => `${String(at).slice(0, 16)} ${subject.split(': ')[1]}`);
const at = (ms: number): string => iso(ms).slice(0, 16);
const counts = async (journey: string): Promise<JourneyView['counts'] | undefined> =>
  (await product.get<{ journeys: JourneyView[] }>('/api/journeys')).journeys.find(
    ({ name }) => name === journey,
  )?.counts;

describe('a journey that starts on an event', () => {
  test('takes whom it is for; sets, tells, calls, and exits', async () => {
    await send(
      ...['ria', 'una', 'gil'].map((each) => is(each, { country: each === 'una' ? 'US' : 'DK' })),
      is('rolf', { country: 'SE', email: 'rolf@gamma.example' }),
      does('ria', 'Guide Downloaded', { guide: 'buyers-guide' }),
      does('una', 'Guide Downloaded', { guide: 'buyers-guide' }),
      does('gil', 'Guide Downloaded', { guide: 'recipes' }),
      does('rolf', 'Guide Downloaded', { guide: 'buyers-guide' }),
    );
    await product.advance('2m');
    expect(await counts('reader')).toMatchObject({ begun: 1, running: 0, ended: { exit: 1 } });
    expect(await product.lead('ria@beta.example')).toMatchObject({ attributes: { stage: 'reader' } });
    for (const sink of ['slack', 'teams']) {
      const told = (await product.get<object[]>(`/_local/${sink}`)).map((each) => JSON.stringify(each));
      expect(told, sink).toHaveLength(2);
      expect(told[0]).toContain('step 2 of the journey');
      expect(told[1]).toContain('They have read it.');
    }
    const mails = (await product.mail()).filter(({ to }) => String(to).includes('nordic@kindling'));
    expect(mails.map(({ subject }) => subject)).toEqual([
      'ria: Came by step 2 of the journey “reader”.',
      'ria: They have read it.',
    ]);
    expect(mails[1]?.html).toContain(`href="${product.url}/leads/`);
    expect(mails[1]?.headers).not.toHaveProperty('list-unsubscribe');
    const hooks = await product.get<{ body: string }[]>('/_local/webhooks');
    expect(hooks.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      { type: 'journey.webhook', data: { journey: 'reader', lead: { email: 'ria@beta.example' } } },
    ]);
    expect(await mailsTo('ria')).toEqual([]);
  });
});

describe('a journey that starts when sales says no', () => {
  test('begins at “not now”, and at no other answer', async () => {
    await send(
      ...['nell', 'fay'].flatMap((each) => [is(each, { title: 'Head of IT' }), does(each, 'Demo Booked')]),
    );
    const answer = async (about: string, form: Record<string, string>): Promise<void> => {
      const mail = (await product.mail()).find(
        ({ to, subject }) => String(to).includes('sales@') && subject.includes(about),
      );
      const link = /href="([^"]+\/h\/[^"?]+)/.exec(mail?.html ?? '')?.[1] ?? '';
      const said = await fetch(link, { method: 'POST', body: new URLSearchParams(form) });
      expect(said.status).toBe(200);
    };
    await product.advance('1h');
    await answer('nell', { answer: 'not-now' });
    await answer('fay', { answer: 'not-a-fit', reason: 'too-small' });
    await product.idle();
    const said = await now();
    await product.advance('2d');
    expect(await mailsTo('nell')).toEqual([`${at(said + DAY)} case`]);
    expect(await mailsTo('fay')).toEqual([]);
  });
});

describe('a share that is held out, and a split', () => {
  test('are the same for a lead whoever asks; who is held out gets nothing', async () => {
    const began = await now();
    const cohort = Array.from({ length: COHORT }, (_, n) => `co${n}x`);
    await send(...cohort.map((each) => is(each, { title: 'Head of IT', cohort: 'one' })));
    await product.advance('25h');
    let heldOut = 0;
    for (const each of cohort) {
      const { id } = await product.lead(`${each}@beta.example`);
      const held = isHeldOut(id, 'by-grade', '30%');
      if (held) heldOut += 1;
      const long = wayOf(id, 'by-grade', '1', { short: '50%', long: '50%' }) === 'long';
      expect(await mailsTo(each)).toEqual(
        held ? [] : long ? [`${at(began)} case`, `${at(began + DAY)} reminder`] : [`${at(began)} reminder`],
      );
    }
    expect(heldOut).toBeGreaterThan(0);
    expect(heldOut).toBeLessThan(COHORT);
    expect(await counts('by-grade')).toMatchObject({
      begun: COHORT - heldOut,
      running: 0,
      ended: { completed: COHORT - heldOut },
      effect: { taken: { leads: COHORT - heldOut }, heldOut: { leads: heldOut } },
    });
  }, 60_000);
});

describe('waits', () => {
  test('until a time of the week go by the lead’s clock, also when that is set forward or back', async () => {
    await advanceTo(product, Date.parse('2027-03-28T06:00Z'));
    await send(
      is('kim', { size: 'large', timezone: 'Europe/Copenhagen' }),
      is('lou', { size: 'large', timezone: 'America/Los_Angeles' }),
    );
    await advanceTo(product, Date.parse('2027-03-29T09:00Z'));
    await send(is('syd', { size: 'large', timezone: 'Australia/Sydney' }));
    await advanceTo(product, Date.parse('2027-04-04T12:00Z'));
    expect(await mailsTo('kim')).toEqual(['2027-03-28T07:00 welcome']);
    expect(await mailsTo('lou')).toEqual(['2027-03-28T16:00 welcome']);
    expect(await mailsTo('syd')).toEqual(['2027-04-03T23:00 welcome']);
  }, 60_000);

  test('for an event end soon after it, or at their end; goals, stops and a way to sales on the way', async () => {
    const began = await now();
    const names = ['ada', 'bea', 'cam', 'dot', 'eli'];
    await send(...names.map((each) => is(each)), ...names.map((each) => does(each, 'Trial Requested')));
    await product.advance('1d');
    await send(does('eli', 'email.unsubscribed'), does('dot', 'Do Not Bother'));
    await product.advance('2d');
    await send(does('ada', 'Trial Started'), does('cam', 'Trial Started'));
    await product.advance('1d');
    // Noticed within a twentieth of the three days that they waited.
    const [first] = await mailsTo('ada');
    const noticed = Date.parse(`${String(first).slice(0, 16)}Z`) - began;
    expect(noticed).toBeGreaterThan(3 * DAY - 60_000);
    expect(noticed).toBeLessThanOrEqual(3.16 * DAY);
    await send(does('cam', 'Contract Signed'));
    await product.advance('6d');
    expect(await mailsTo('ada')).toEqual([
      `${at(began + noticed)} case`,
      `${at(began + noticed + 2 * DAY)} reminder`,
    ]);
    expect((await mailsTo('cam')).map((mail) => mail.split(' ')[1])).toEqual(['case']);
    for (const each of ['bea', 'dot', 'eli']) expect(await mailsTo(each)).toEqual([]);
    expect(await counts('trial')).toMatchObject({
      running: 0,
      ended: { completed: 1, 'handed-off': 1, goal: 1, condition: 1, unsubscribed: 1 },
    });
    const { handoffs } = await product.get<{ handoffs: HandoffItem[] }>('/api/handoffs');
    const open = handoffs.filter(({ state }) => state === 'open');
    expect(open.map(({ name }) => name)).toEqual(['bea']);
    expect(at(open[0]?.at ?? 0)).toBe(at(began + 9 * DAY));
  }, 60_000);
});

describe('a journey that changes while leads are on the way', () => {
  test('is finished by the version that they started; new ones take the new, or none where it is retired', async () => {
    await send(is('old'), does('old', 'Newsletter Joined'), is('rey'), does('rey', 'Trial Requested'));
    const began = await now();
    const change = async (journey: string, text: string): Promise<void> =>
      writeFile(join(rules, 'journeys', `${journey}.yaml`), text);
    await change(
      'warm-up',
      'journey: warm-up\nstart: { event: Newsletter Joined }\nagain_after: 2d\nsteps: [{ send: welcome }]\n',
    );
    await change(
      'trial',
      'journey: trial\nretired: true\nstart: { event: Trial Requested }\nsteps: [{ send: welcome }]\n',
    );
    const { data } = product;
    // What is taken out from before somebody's feet has to be said.
    const kindling = (...argv: string[]): Promise<Ran> =>
      run([...argv, '--rules', rules, '--data', data], { now: began });
    const checked = await kindling('check');
    expect(checked.code).toBe(1);
    for (const step of [
      '/journeys/warm-up.yaml:4:1  step 1 of `warm-up` (Wait 24 hours)',
      '/journeys/warm-up.yaml:4:1  step 2 of `warm-up` (Send “case”)',
      '/journeys/trial.yaml:4:1  step 1 of `trial` (Wait for Trial Started, at most 9 days)',
      '/journeys/trial.yaml:4:1  step 2 of `trial` (If Trial Started)',
    ])
      expect(checked.err).toMatch(
        new RegExp(
          `${escaped(step)} is removed, and 1 lead is before it or at it of version [0-9a-f]{16}: keep`,
        ),
      );
    const meant = await kindling('check', '--let-finish');
    expect(meant.code).toBe(0);
    expect(meant.err).toContain('warning: step 2 of `warm-up` (Send “case”) is removed');
    expect(meant.err).toContain('they finish as they began, with that step');
    const deployed = await kindling('deploy', '--no-wait');
    expect(deployed.err).toContain('step 2 of `warm-up` (Send “case”) is removed, and 1 lead is before it');
    expect((await kindling('deploy', '--no-wait', '--let-finish')).err).toContain('npx cdk deploy');
    await product.stop();
    product = await startProduct({ data, args: ['--rules', rules, '--virtual-clock', iso(START)] });
    await send(is('new'), does('new', 'Newsletter Joined'), is('tad'), does('tad', 'Trial Requested'));
    await product.advance('1h');
    await send(does('rey', 'Trial Started'));
    await product.advance('47h');
    expect(await mailsTo('old')).toEqual([`${at(began + DAY)} case`]);
    expect(await mailsTo('new')).toEqual([`${at(began)} welcome`]);
    expect((await mailsTo('rey')).map((mail) => mail.split(' ')[1])).toEqual(['case']);
    expect(await mailsTo('tad')).toEqual([]);
    // They are all through by now: nobody is before what they took with them.
    expect(await run(['check', '--rules', rules, '--data', data], { now: began })).toMatchObject({ code: 0 });
    // Whoever comes again takes what is there then.
    await product.advance('1d');
    await send(does('old', 'Newsletter Joined'));
    expect(await mailsTo('old')).toEqual([`${at(began + DAY)} case`, `${at(began + 3 * DAY)} welcome`]);
  }, 120_000);
});
