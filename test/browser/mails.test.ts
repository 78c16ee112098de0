import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import type { Email } from '../../core/schema/email.ts';
import { askPage, brokenPage, donePage } from '../../functions/mail/pages.ts';
import { render } from '../../functions/mail/render.ts';
import { handoffVariables, journeyVariables } from '../../functions/mail/variables.ts';
import { readMail } from '../../rulefiles/mail.ts';
import { openChromium, shoot } from './chromium.ts';

const EMAILS = join(import.meta.dirname, '..', '..', 'rules', 'emails');
const SENDER = {
  name: 'Lantern',
  email: 'hello@lantern.example',
  address: 'Lantern ApS, Havnegade 1, Copenhagen',
};
const NOW = Date.parse('2026-05-14T10:00:00Z');

const compiled = async (name: string): Promise<Email> => {
  const text = readFileSync(join(EMAILS, `${name}.mjml`), 'utf8');
  const { email, issues } = await readMail({ kind: 'email', file: `emails/${name}.mjml`, name, text });
  expect(issues).toEqual([]);
  if (email === undefined) throw new Error(`${name} does not compile`);
  return email;
};

const handoff: HandoffRecord = {
  entry: 1,
  at: NOW,
  state: 'open',
  owner: { name: 'Freja Holm', email: 'freja@lantern.example' },
  ruleset: 'r',
  brief: {
    name: 'Signe Østergård <script>',
    email: 'signe@polar-rail.example',
    company: 'Polar Rail & Sons',
    title: 'Head of Operations',
    phone: '+45 12 34 56 78',
    country: 'DK',
    band: 'hot',
    grade: 'A',
    group: 'revenue',
    total: 82,
    scores: [
      { name: 'fit', points: 20 },
      { name: 'engagement', points: 24 },
      { name: 'intent', points: 38 },
    ],
    reasons: [
      { sentence: 'Booked a demo: 25 points.', why: 'They give us half an hour of their day.', points: 25 },
      {
        sentence: 'Looked at /pricing 3 times in the last two weeks: 18 points, fading.',
        why: 'Ten refreshes are not ten intentions.',
        points: 18,
      },
      {
        sentence: 'Title is Head of Operations: 10 points.',
        why: 'Somebody with a budget can say yes.',
        points: 10,
      },
    ],
    timeline: [
      { at: NOW - 60_000, text: 'Demo Booked: planner' },
      { at: NOW - 3_600_000, text: 'Looked at /pricing' },
      { at: NOW - 86_400_000, text: 'Clicked a link in our mail “trial”' },
    ],
    products: ['planner', 'insights'],
  },
};

describe('mails as their readers see them', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());

  const see = async (html: string, name: string, width = 720): Promise<{ text: string; wide: boolean }> => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.setContent(html);
    await shoot(page, name);
    const seen = await page.evaluate(() => ({
      text: document.body.innerText,
      wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    }));
    await page.close();
    return seen;
  };

  test.each(['guide', 'case', 'trial', 'trial-tips', 'back'])(
    '%s reads well, with and without a name',
    async (name) => {
      const email = await compiled(name);
      const url = 'https://kindling.example/u/token';
      const known = render(
        email,
        journeyVariables({ lead: { firstName: 'Signe', company: 'Polar Rail' }, account: {} }, SENDER, {
          unsubscribe: url,
          preferences: url,
        }),
      );
      const { text, wide } = await see(known.html, `mail-${name}`);
      expect(wide).toBe(false);
      expect(text).toContain('Hi Signe,');
      expect(text).toContain('Unsubscribe');
      expect(`${known.subject}${text}${known.text}`).not.toMatch(/\{[{%]/);
      expect(known.text).toContain(url);
      expect(known.html).toContain(`href="${url}"`);
      const unknown = render(
        email,
        journeyVariables({ lead: {}, account: {} }, SENDER, { unsubscribe: url, preferences: url }),
      );
      expect(unknown.text).toContain('Hi there,');
      expect(unknown.subject).toMatch(/^[A-Z]/);
    },
  );

  test('the handoff tells sales everything, on a narrow screen too', async () => {
    const email = await compiled('handoff');
    const mail = render(
      email,
      handoffVariables(handoff, SENDER, 'https://kindling.example/leads/1', 'Europe/Copenhagen'),
    );
    for (const width of [720, 375]) {
      const { text, wide } = await see(mail.html, `mail-handoff-${width}`, width);
      expect(wide).toBe(false);
      for (const part of [
        'Signe Østergård <script>',
        'Polar Rail & Sons',
        'hot · 82 points',
        'Booked a demo',
        'Looked at /pricing',
        'planner, insights',
        '14 May 2026, 11:59',
        '+45',
      ])
        expect(text).toContain(part);
    }
    expect(mail.subject).toBe('Call Signe Østergård <script> (Polar Rail & Sons): hot, 82 points');
    expect(mail.text).toContain('Booked a demo: 25 points.');
    expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/\{[{%]/);
  });

  test('the handoff of somebody unknown has no holes', async () => {
    const email = await compiled('handoff');
    const brief = {
      ...handoff.brief,
      name: null,
      company: null,
      title: null,
      phone: null,
      country: null,
      grade: null,
      group: null,
      products: [],
    };
    const mail = render(
      email,
      handoffVariables({ ...handoff, brief }, SENDER, 'https://kindling.example/leads/1', 'UTC'),
    );
    const { text } = await see(mail.html, 'mail-handoff-unknown');
    expect(mail.subject).toBe('Call signe@polar-rail.example: hot, 82 points');
    expect(text).not.toMatch(/null|undefined|Phone:|Interested/);
  });

  test('the pages behind the unsubscribe link have one thing to do', async () => {
    expect((await see(askPage(null), 'unsubscribe-ask')).text).toContain('Unsubscribe');
    expect((await see(donePage(null), 'unsubscribe-done')).text).toContain('You are unsubscribed');
    expect((await see(brokenPage, 'unsubscribe-broken', 375)).text).toContain('does not work');
  });
});
