import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoffRecord } from '../../core/handoff/handoff.ts';
import type { Email } from '../../core/schema/email.ts';
import {
  askPage,
  brokenPage,
  choicePage,
  donePage,
  savedPage,
  stalePage,
} from '../../functions/mail/pages.ts';
import { textsFor } from '../../functions/mail/page-texts.ts';
import { NOTE, noteVariables } from '../../core/mail/note.ts';
import { render } from '../../core/mail/render.ts';
import { SAMPLES, sampleVariables } from '../../core/mail/samples.ts';
import {
  accountHandoffVariables,
  handoffVariables,
  journeyVariables,
  morningVariables,
} from '../../core/mail/variables.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { HOSTILE, hostileAccount, hostileHandoff } from '../core/handoff/hostile.ts';
import { openChromium, shoot } from './chromium.ts';
import { faintTexts } from './contrast.ts';

const answerAt = (ask: string): string => `https://kindling.example/h/token?answer=${ask}`;
const SENDER = {
  name: 'Lantern',
  email: 'hello@lantern.example',
  address: 'Lantern ApS, Havnegade 1, Copenhagen',
};
const NOW = Date.parse('2026-05-14T10:00:00Z');

const loaded = await loadRules(join(import.meta.dirname, '..', '..', 'rules'));
const compiled = (name: string): Email => {
  const email = loaded.ok ? loaded.value.emails[name] : undefined;
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

const MORNING = {
  owner: handoff.owner,
  at: NOW,
  since: NOW - 86_400_000,
  timeZone: 'UTC',
  accounts: [],
  more: 0,
} as const;
const CALL = { leadId: '1', entry: 1, state: 'open', gained: 3, changed: ['Handed over to you'] } as const;

describe('mails as their readers see them', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());

  /** A mail that fits, can be read, and read out. */
  const WELL = { wide: false, faint: [], amiss: [] };
  const see = async (
    html: string,
    name: string,
    width = 720,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ text: string; wide: boolean; faint: string[]; amiss: string[] }> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.setContent(html);
    await shoot(page, name);
    const seen = await page.evaluate(() => ({
      text: document.body.innerText,
      wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      // What a screen reader stumbles over.
      amiss: [
        ...(/^[a-z]{2}/.test(document.documentElement.lang) ? [] : ['no language']),
        ...[...document.images]
          .filter((each) => !each.hasAttribute('alt'))
          .map(({ src }) => `no words: ${src}`),
        ...[...document.querySelectorAll('table:not([role])')]
          .filter((each) => each.querySelector('th') === null)
          .map(() => 'a table for looks'),
        ...[...document.links]
          .filter((each) => each.textContent.trim() === '' && !each.querySelector('img[alt]:not([alt=""])'))
          .map(({ href }) => `an empty link: ${href}`),
      ],
    }));
    const faint = await faintTexts(page);
    await page.close();
    return { ...seen, faint };
  };

  test.each(['guide', 'case', 'trial', 'trial.sv', 'trial-tips', 'back'])(
    '%s reads well, with and without a name, by night and on a phone',
    async (name) => {
      const email = compiled(name);
      const url = 'https://kindling.example/u/token';
      const known = render(
        email,
        journeyVariables({ lead: { firstName: 'Signe', company: 'Polar Rail' }, account: {} }, SENDER, {
          unsubscribe: url,
          preferences: url,
        }),
      );
      const swedish = name.endsWith('.sv');
      for (const [width, scheme] of [
        [720, 'light'],
        [720, 'dark'],
        [360, 'light'],
        [360, 'dark'],
      ] as const) {
        const { text, ...looks } = await see(known.html, `mail-${name}-${width}-${scheme}`, width, scheme);
        expect(looks).toEqual(WELL);
        expect(text).toContain(swedish ? 'Hej Signe,' : 'Hi Signe,');
        expect(text).toContain(swedish ? 'Avregistrera dig' : 'Unsubscribe');
        expect(`${known.subject}${text}${known.text}`).not.toMatch(/\{[{%]/);
      }
      expect(known.text).toContain(url);
      expect(known.html).toContain(`href="${url}"`);
      const unknown = render(
        email,
        journeyVariables({ lead: {}, account: {} }, SENDER, { unsubscribe: url, preferences: url }),
      );
      expect(unknown.text).toContain(swedish ? 'Hej,' : 'Hi there,');
      expect(unknown.subject).toMatch(/^[A-Z]/);
    },
  );

  const EVERYWHERE = [
    [720, 'light'],
    [720, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const;

  test.each(EVERYWHERE)(
    'what a journey tells a team reads well, %i pixels wide, %s',
    async (width, scheme) => {
      const note = {
        text: 'They came back after half a year, and looked at what it costs for a company of two thousand people.',
        ...{
          name: 'Signe Østergård <script>',
          email: 'signe@polar-rail.example',
          company: 'Polar Rail & Sons',
        },
        band: 'semi-warm',
      };
      const mail = render(
        NOTE,
        noteVariables(note, { team: 'nordic', journey: 're-engage' }, 'https://kindling.example/leads/1'),
      );
      const { text, ...looks } = await see(mail.html, `mail-note-${width}-${scheme}`, width, scheme);
      expect(looks).toEqual(WELL);
      for (const part of [
        'Signe Østergård <script>',
        note.text,
        'Polar Rail & Sons',
        'semi-warm',
        'Open the lead',
      ])
        expect(text).toContain(part);
    },
  );

  test.each(EVERYWHERE)('whom to call today reads well, %i pixels wide, %s', async (width, scheme) => {
    const mail = render(compiled('morning'), sampleVariables('morning', SAMPLES.known));
    const { text, ...looks } = await see(mail.html, `mail-morning-${width}-${scheme}`, width, scheme);
    expect(looks).toEqual(WELL);
    expect(text).toContain('Thursday 14 May, warmest first');
    expect(text).toContain('hot · 82 points (+31 this week) · waits for your answer');
    expect(text).toContain('Since yesterday: Handed over to you · Demo Booked: planner · Looked at /pricing');
    expect(text).toContain('warm · 41 points (−6 this week) · accepted');
    expect(text).toContain('surging · 140 points (+52 this week) · waits for your answer');
    expect(text).toContain('Ask for: Signe Østergård, Jens Holm');
    expect(text).toContain('And 2 more.');
    expect(mail.subject).toBe('3 to call today, first Signe Østergård');
    expect(mail.html).toContain('href="https://kindling.example/leads/sample-2"');
    expect(mail.html).toContain('href="https://kindling.example/accounts/polar-rail.example"');
    expect(`${mail.subject}${text}${mail.text}`).not.toMatch(/\{[{%]/);
  });

  test('a name that is markup stays text', async () => {
    const name = '<img src=x onerror=alert(1)>{{ 7 | times: 7 }}\r\nBcc: all@example.com';
    const links = {
      unsubscribe: 'https://kindling.example/u/t',
      preferences: 'https://kindling.example/u/p',
    };
    const mail = render(
      compiled('trial'),
      journeyVariables({ lead: { firstName: name, company: name }, account: {} }, SENDER, links),
    );
    expect(mail.subject).not.toMatch(/[\r\n]/);
    const page = await browser.newPage();
    let alerted = false;
    page.on('dialog', (dialog) => {
      alerted = true;
      void dialog.dismiss();
    });
    await page.setContent(mail.html);
    await shoot(page, 'mail-unkind-name');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => document.body.innerText)).toContain('{{ 7 | times: 7 }}');
    expect(alerted).toBe(false);
    await page.close();
  });

  test.each(EVERYWHERE)('the handoff tells sales everything, %i pixels wide, %s', async (width, scheme) => {
    const email = compiled('handoff');
    const mail = render(
      email,
      handoffVariables(handoff, SENDER, 'https://kindling.example/leads/1', 'Europe/Copenhagen', answerAt),
    );
    const { text, ...looks } = await see(mail.html, `mail-handoff-${width}-${scheme}`, width, scheme);
    expect(looks).toEqual(WELL);
    for (const part of [
      'Signe Østergård <script>',
      'Polar Rail & Sons',
      'hot · 82 points',
      'Booked a demo',
      'Looked at /pricing',
      'planner, insights',
      '14 May 2026, 11:59',
      '+45',
      'I take it',
      'Not now',
      'Not a fit',
      'Open the lead',
      'Lantern',
    ])
      expect(text).toContain(part);
    for (const ask of ['accepted', 'not-now', 'not-a-fit'])
      expect(mail.html).toContain(`href="${answerAt(ask)}"`);
    expect(mail.subject).toBe('Call Signe Østergård <script> (Polar Rail & Sons): hot, 82 points');
    expect(mail.text).toContain('Booked a demo: 25 points.');
    expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/\{[{%]/);
  });

  test.each(EVERYWHERE)('the handoff of an account tells who, %i pixels wide, %s', async (width, scheme) => {
    const mail = render(compiled('account-handoff'), sampleVariables('account-handoff', SAMPLES.known));
    const { text, ...looks } = await see(mail.html, `mail-account-${width}-${scheme}`, width, scheme);
    expect(looks).toEqual(WELL);
    for (const part of [
      'Polar Rail & Sons',
      'rail, 240 people, DK',
      'surging · 3 people',
      'Signe Østergård, Head of Operations',
      'hot, 82 points: engagement 24',
      'Booked a demo: 25 points.',
      'planner (38)',
      'and 2 more',
      'I take it',
      'Open the account',
    ])
      expect(text).toContain(part);
    expect(mail.subject).toBe('Call Polar Rail & Sons: 3 people, surging');
    expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/\{[{%]/);
  });

  const FREJA = { owner: handoff.owner, at: NOW, why: 'first' } as const;
  const AKSEL = { owner: { name: 'Aksel Lind', email: 'aksel@lantern.example' }, at: NOW } as const;
  const BO = { owner: { name: 'Bo Krogh', email: 'bo@lantern.example' }, at: NOW } as const;
  test.each([
    [
      'reminder',
      [FREJA, { ...FREJA, why: 'reminder' }],
      'Still waiting: ',
      'It still waits for your answer.',
    ],
    [
      'next',
      [FREJA, { ...FREJA, why: 'reminder' }, { ...AKSEL, why: 'next' }],
      'Passed on: ',
      'Freja Holm has not answered in time: now it is for you.',
    ],
    [
      'manager',
      [FREJA, { ...FREJA, why: 'reminder' }, { ...AKSEL, why: 'next' }, { ...BO, why: 'manager' }],
      'Nobody has answered: ',
      'Nobody has answered in time (Freja Holm, Aksel Lind): it is for you, or for whom you choose.',
    ],
  ] as const)('who is asked later reads why: %s', async (why, asked, prefix, said) => {
    const owner = asked.at(-1)?.owner ?? handoff.owner;
    const variables = handoffVariables(
      { ...handoff, owner, asked },
      SENDER,
      'https://kindling.example/leads/1',
      'UTC',
      answerAt,
    );
    const mail = render(compiled('handoff'), variables);
    const { text } = await see(mail.html, `mail-handoff-${why}`);
    expect(mail.subject.startsWith(prefix)).toBe(true);
    expect(text).toContain(said);
    expect(mail.text).toContain(said);
    expect(text).toContain(`For ${owner.name}`);
  });

  test.each(Object.entries(HOSTILE))(
    'a mail about somebody whose name %s stays a mail',
    async (kind, text) => {
      const page = await browser.newPage({ viewport: { width: 375, height: 900 } });
      let alerted = false;
      page.on('dialog', (dialog) => {
        alerted = true;
        void dialog.dismiss();
      });
      const [lead, account] = [hostileHandoff(text), hostileAccount(text)];
      const url = 'https://kindling.example';
      const morning = { ...MORNING, leads: [{ ...CALL, ...lead.brief, company: lead.brief.company }] };
      for (const [name, variables] of [
        ['handoff', handoffVariables(lead, SENDER, `${url}/leads/1`, 'UTC', answerAt)],
        ['account-handoff', accountHandoffVariables(account, SENDER, url, 'UTC', answerAt)],
        ['morning', morningVariables(morning, SENDER, url)],
      ] as const) {
        const mail = render(compiled(name), variables);
        expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202E]/u);
        expect(mail.subject.length).toBeLessThan(200);
        await page.setContent(mail.html);
        if (kind === 'HTML' || kind.startsWith('ten')) await shoot(page, `mail-${name}-hostile-${kind}`);
        const seen = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
          elements: document.querySelectorAll('img, script, body style, iframe').length,
          links: [...document.links].map(({ href }) => href),
        }));
        expect(seen).toMatchObject({ wide: false, elements: 0 });
        for (const link of seen.links) expect(link).toMatch(/^https:\/\/kindling\.example\//);
      }
      expect(alerted).toBe(false);
      await page.close();
    },
  );

  test('the handoff of somebody unknown has no holes', async () => {
    const email = compiled('handoff');
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
      handoffVariables({ ...handoff, brief }, SENDER, 'https://kindling.example/leads/1', 'UTC', answerAt),
    );
    const { text } = await see(mail.html, 'mail-handoff-unknown');
    expect(mail.subject).toBe('Call signe@polar-rail.example: hot, 82 points');
    expect(text).not.toMatch(/null|undefined|Phone:|Interested/);
  });

  test('the pages behind the links have one thing to do each, by day and by night', async () => {
    const topics = {
      product: 'What is new in the product',
      newsletter: 'The monthly letter',
      events: 'Events near you',
    };
    const choice = { topics, preferences: { all: null, off: ['events'] }, stamp: 's', about: null } as const;
    for (const scheme of ['light', 'dark'] as const) {
      const texts = textsFor(['en']);
      const look = (page: string, name: string, width = 720) =>
        see(page, `preferences-${name}-${scheme}`, width, scheme);
      const seen = [
        await look(askPage(texts, null), 'ask'),
        await look(askPage(texts, 'The monthly letter'), 'ask-topic', 375),
        await look(choicePage(texts, choice), 'topics'),
        await look(choicePage(texts, { ...choice, about: 'newsletter' }), 'topic', 375),
        await look(choicePage(texts, { ...choice, preferences: { all: 'unsubscribed', off: [] } }), 'none'),
        await look(choicePage(texts, { ...choice, preferences: { all: 'bounced', off: [] } }), 'bounced'),
        await look(stalePage(texts, choice), 'stale'),
        await look(savedPage(texts, ['What is new in the product']), 'saved'),
        await look(donePage(texts, null), 'done'),
        await look(brokenPage(texts), 'broken', 375),
        await look(choicePage(textsFor(['sv']), { ...choice, about: 'newsletter' }), 'topic-sv', 375),
      ];
      for (const { text: _, ...looks } of seen) expect(looks).toEqual(WELL);
      expect(seen[0]?.text).toContain('Unsubscribe');
      expect(seen[2]?.text).toContain('Events near you');
      expect(seen[8]?.text).toContain('You are unsubscribed');
    }
  });
});
