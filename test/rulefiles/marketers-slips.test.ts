import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../rulefiles/folder.ts';
import { loadFiles } from '../../rulefiles/load.ts';

const { files } = readFolder(join(import.meta.dirname, '..', '..', 'rules'));

/** What is said of the shipped rules after one edit: place, message and what was meant. */
const said = async (file: string, from: string | RegExp, to: string): Promise<string[]> => {
  let edited = false;
  const now = files.map((each) => {
    if (each.file !== file) return each;
    const text = each.text.replace(from, to);
    edited = text !== each.text;
    return { ...each, text };
  });
  expect(edited, `${file} has no ${String(from)}`).toBe(true);
  const loaded = await loadFiles(now, [], { now: Date.UTC(2026, 10, 1) });
  return (loaded.ok ? [] : loaded.issues).map(
    ({ file: where, line, column, message, suggestion }) =>
      `${where}:${line}:${column} ${message}${suggestion === undefined ? '' : ` → ${suggestion}`}`,
  );
};

const DURATION = 'must be a duration such as 15m, 12h, 30d or 2w';
const NOWHERE = 'leads nowhere in a mail; write the whole address: `https://…`, or `mailto:…`';

describe('a slip in a journey', () => {
  test.each<[string, string, string]>([
    ['wait: 2h', 'wait: 2 days', `12:11 ${DURATION}, not \`2 days\` → 2d`],
    ['wait: 2h', 'wait: 1y', `12:11 ${DURATION}, not \`1y\` → 365d`],
    ['wait: 2h', 'wait: 3 months', `12:11 ${DURATION}, not \`3 months\` → 90d`],
    ['wait: 2h', 'wait: until tuesday', `12:11 ${DURATION}, not \`until tuesday\``],
    [
      'wait: 2h',
      "wait: { until: { weekday: tuesday, at: '09:00' } }",
      '12:31 a weekday is one of mon, tue, wed, thu, fri, sat, sun → tue',
    ],
    [
      'wait: 2h',
      'wait: { until: { weekday: tue, at: 9:00 } }',
      '12:40 must be a time of day such as 09:00, not `9:00` → 09:00',
    ],
    ['wait: 2h', 'wait: { for: { event: X } }', '12:13 `for` needs `timeout`: how long to wait at most'],
    ['send: guide', 'send: giude', '13:11 there is no emails/giude.mjml → guide'],
    [
      'send: guide',
      'send: guide.mjml',
      '13:11 must be lower case letters, digits and hyphens, at most 40, not `guide.mjml` → guide',
    ],
    [
      'send: guide',
      'email: guide',
      '13:5 unknown step `email`; a step is one of wait, send, if, split, set, notify, webhook, handoff, exit',
    ],
    [
      'send: guide',
      'send guide',
      '13:5 a step is a mapping such as `wait: 2d` or `send: trial`; this one should be `send: guide`',
    ],
    [
      'send: guide',
      'exit',
      '13:5 a step is a mapping such as `wait: 2d` or `send: trial`; this one should be `exit: true`',
    ],
    [
      'send: guide',
      'send: guide\n    wait: 3d',
      '13:5 a step has one verb; this one has wait and send: each begins with a hyphen of its own',
    ],
    [
      'send: guide',
      'split: { a: 50%, b: 50% }',
      '13:5 `split` needs `then`: the steps of each way, such as `{ short: [{ send: trial }] }`',
    ],
    [
      'send: guide',
      'split: { a: 50, b: 50% }\n    then: { a: [{ send: guide }] }',
      '13:17 must be a share such as 10%, not `50` → 50%',
    ],
    ['send: guide', 'set: { stage: nurtured }', '13:19 must be an attribute of the lead: `lead.stage`'],
    [
      'if: { event: Trial Started }',
      'if: { country: DK }',
      '15:11 a condition knows no `country`; it has band, group, grade, qualified, score, event, all, any, not, and attributes: `lead.…` or `account.…` → lead.country',
    ],
    [
      'if: { event: Trial Started }',
      'if: { score: ">=20" }',
      '15:18 must say of which score: `{ engagement: ">=20" }`, or `{ total: ">=20" }`',
    ],
    [
      'if: { event: Trial Started }',
      'if: { event: Trial Started, band: warm }',
      '15:33 beside `event`, `band` is a property of the event; write `all: [{ event: … }, { band: … }]`',
    ],
    ['again_after: 180d', 'hold_out: 10', '10:11 must be a share such as 10%, not `10` → 10%'],
    ['again_after: 180d', 'hold_out: 0.1', '10:11 must be a share such as 10%, not `0.1` → 10%'],
    [
      'again_after: 180d',
      'for: { country: DK }',
      '10:17 must be an attribute, such as `lead.country` or `account.employees`',
    ],
    [
      'start: { band: [semi-warm, warm] }',
      'start: { band: warm, event: Trial Started }',
      '5:10 beside `event`, `band` is a property of the event; a journey starts on one thing: ask for the band by an `if`',
    ],
    [
      'start: { band: [semi-warm, warm] }',
      'start: { band: warm, group: leads }',
      '5:29 a journey starts on one thing; this one has band and group: ask for the second by an `if`',
    ],
    [
      'journey: warm-up',
      'journey: Warm Up',
      '2:10 must be lower case letters, digits and hyphens, at most 40, not `Warm Up` → warm-up',
    ],
    ['topic: product', 'topic: produkt', '4:8 there is no topic `produkt` in settings.yaml → product'],
    ['send: guide', 'notify: nordics', '13:13 there is no team `nordics` in handoff.yaml → nordic'],
  ])('%s → %s', async (from, to, expected) => {
    expect(await said('journeys/warm-up.yaml', from, to)).toEqual([`journeys/warm-up.yaml:${expected}`]);
  });

  test('is told alone: that no journey sends its mails now is no news', async () => {
    for (const slip of ['wait: 2 days', 'wait: [', '\twait: 2h']) {
      const broken = files.map((each) =>
        each.file === 'journeys/warm-up.yaml' ? { ...each, text: each.text.replace('wait: 2h', slip) } : each,
      );
      const loaded = await loadFiles(broken, [], { now: Date.UTC(2026, 10, 1) });
      expect(loaded.ok).toBe(false);
      expect(loaded.warnings).toEqual([]);
    }
  });
});

describe('a slip in a mail', () => {
  const subject = /subject:.*\n/;
  test.each<[string | RegExp, string, string]>([
    [
      'lead.firstName',
      'lead.fristName',
      '2:10 nothing in these rules knows `lead.fristName`; name it under `attributes` in settings.yaml if leads have it → firstName',
    ],
    [
      subject,
      'subject: "Hi {{firstName}}"\n',
      '2:10 unknown variable `firstName`; a mail knows lead, account, sender, preheader, subject, unsubscribe_url, preferences_url → lead.firstName',
    ],
    [
      subject,
      'subject: "Hi {{ lead.firstName }"\n',
      '2:10 `{{ lead.firstName }` is not closed; it needs `}}`',
    ],
    [
      subject,
      'subject: "Hi *|FNAME|*"\n',
      '2:10 `*|FNAME|*` is filled in by another mail system, not here; a first name is `{{ lead.firstName }}`',
    ],
    [subject, 'subject: "{{ lead.firstName | upper }}"\n', '2:10 there is no filter `upper` → upcase'],
    ['</mj-text>', '{% iff lead.title %}x{% endif %}</mj-text>', '5:53 there is no tag `iff` → if'],
    ['Hi {{', '{% if lead.title %}Hi {{', '5:10 `{% if lead.title %}` is not closed; it needs `{% endif %}`'],
    ['</mj-button>', '', '8:1 `<mj-button>` is not closed; it needs `</mj-button>`'],
    [
      'href="https://www.lantern.example/demo?utm_source=mail"',
      'href="/demo"',
      `9:44 \`href="/demo"\` ${NOWHERE}`,
    ],
    ['href="https://www.lantern.example/demo?utm_source=mail"', 'href=""', `9:44 \`href=""\` ${NOWHERE}`],
    [
      'href="https://www.lantern.example/demo?utm_source=mail"',
      "href='www.lantern.example'",
      `9:44 \`href="www.lantern.example"\` ${NOWHERE} → https://www.lantern.example`,
    ],
    [
      'href="https://www.lantern.example/demo?utm_source=mail"',
      'href="javascript:alert(1)"',
      `9:44 \`href="javascript:alert(1)"\` ${NOWHERE}`,
    ],
    [
      '<mj-button',
      '<mj-image src="https://www.lantern.example/a.png" />\n<mj-button',
      '8:1 an image needs `alt`: what it shows, or `alt=""` where it only decorates',
    ],
    ['preheader:', 'prehader:', '3:1 unknown key `prehader` → preheader'],
    [
      'preheader:',
      'topic: produkt\npreheader:',
      '3:8 there is no topic `produkt` in settings.yaml → product',
    ],
    [
      'preheader:',
      'layout: plian\npreheader:',
      '3:9 there is no emails/_plian.mjml; a partial is a file beside the mails whose name begins with _ → _look.mjml',
    ],
  ])('%s → %s', async (from, to, expected) => {
    expect(await said('emails/trial.mjml', from, to)).toEqual([`emails/trial.mjml:${expected}`]);
  });
});
