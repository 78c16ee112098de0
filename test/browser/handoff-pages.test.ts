import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handoffTextsFor } from '../../functions/handoffs/page-texts.ts';
import { type Confirm, confirmPage, expiredPage } from '../../functions/handoffs/pages.ts';
import { openChromium, shoot } from './chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

const OPEN: Confirm = {
  name: 'Signe Østergård <script>alert(1)</script>',
  about: 'Head of Operations, Polar Rail & Sons',
  standing: 'hot, 82 points',
  state: 'open',
  ended: false,
  said: 'Nobody has answered yet.',
  reasons: { 'wrong-person': 'Wrong person', 'too-small': 'Company too small' },
  wanted: 'not-now',
};

const EN = handoffTextsFor([]);
const SV = handoffTextsFor(['sv-SE']);

describe('the page behind a handoff’s buttons', () => {
  test.each([
    ['open', confirmPage(EN, OPEN), ['I take it', 'Not now: back to nurture', 'Not a fit']],
    [
      'taken',
      confirmPage(EN, { ...OPEN, state: 'accepted', said: 'Freja Holm took it, 14 May 2026, 10:32.' }),
      ['The deal is won', 'The deal is lost'],
    ],
    ['closed', confirmPage(EN, { ...OPEN, state: 'closed', said: 'Not now, says Freja Holm.' }), []],
    ['open-sv', confirmPage(SV, OPEN), ['Jag tar den', 'Inte nu: vi fortsätter skriva', 'Passar inte']],
    [
      'taken-sv',
      confirmPage(SV, {
        ...OPEN,
        state: 'accepted',
        said: SV.answers.took('Freja Holm', '14 maj 2026 10:32'),
      }),
      ['Affären är vunnen', 'Affären är förlorad'],
    ],
    ['expired', expiredPage(EN), []],
  ])(
    '%s: says what there is to say, and asks what can be answered, on a phone too',
    async (name, html, asks) => {
      const page = await browser.newPage({ viewport: { width: 375, height: 720 } });
      let alerted = false;
      page.on('dialog', (dialog) => {
        alerted = true;
        void dialog.dismiss();
      });
      await page.setContent(html);
      await shoot(page, `handoff-page-${name}`);
      expect(await page.getByRole('button').allInnerTexts()).toEqual(asks);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
      expect(alerted).toBe(false);
      await page.close();
    },
  );
});
