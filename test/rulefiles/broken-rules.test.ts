import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { type RuleIssue } from '../../core/issue.ts';
import { loadRules } from '../../rulefiles/load.ts';

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

/** A rules folder that is right, with some files put in their place. */
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'rules-'));
  made.push(dir);
  for (const [file, text] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  return dir;
}

const SOUND = {
  'settings.yaml': 'sender: { email: hello@lantern.example }\n',
  'scores/fit.yaml':
    'score: fit\nrules:\n  boss:\n    why: They decide.\n    when: { lead.title: CEO }\n    points: 30\n',
  'scores/intent.yaml':
    'score: intent\nrules:\n  demo:\n    why: They ask.\n    when: { event: Demo Booked }\n    points: 70\n    once: true\n',
  'bands.yaml':
    'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20, hot: 70 }\nqualified: { band: [hot] }\n',
  'journeys/welcome.yaml': 'journey: welcome\nstart: { band: warm }\nsteps:\n  - send: hello\n',
  'emails/hello.mjml':
    '---\nsubject: Hello\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>\n',
};

const told = ({ file, line, column, message, suggestion }: RuleIssue): string =>
  `${file}:${line}:${column} ${message}${suggestion === undefined ? '' : ` (${suggestion}?)`}`;

async function problems(files: Readonly<Record<string, string | Uint8Array>>): Promise<string[]> {
  const loaded = await loadRules(folder(files));
  return loaded.ok ? [] : loaded.issues.map(told);
}

const score = (rule: string): Record<string, string> => ({
  'scores/intent.yaml': `score: intent\nrules:\n  demo:\n    why: They ask.\n${rule}`,
});
const bands = (text: string): Record<string, string> => ({ 'bands.yaml': text });
const journey = (text: string): Record<string, string> => ({ 'journeys/welcome.yaml': text });
const email = (body: string, front = 'subject: Hello'): Record<string, string> => ({
  'emails/hello.mjml': `---\n${front}\n---\n<mjml>\n<mj-body>\n${body}\n</mj-body>\n</mjml>\n`,
});

test('a sound folder has no problems', async () => {
  expect(await problems({})).toEqual([]);
});

describe('each slip is told at its line and column, with the nearest valid name', () => {
  test.each<[string, Record<string, string | Uint8Array>, string[]]>([
    [
      'an unknown key',
      score('    when: { event: Demo Booked }\n    point: 70\n'),
      ['scores/intent.yaml:6:5 unknown key `point` (points?)'],
    ],
    [
      'a duplicate key',
      score('    when: { event: Demo Booked }\n    points: 70\n    points: 80\n'),
      ['scores/intent.yaml:7:5 this key stands twice in the same mapping'],
    ],
    [
      'a rule without why',
      {
        'scores/intent.yaml':
          'score: intent\nrules:\n  demo:\n    when: { event: Demo Booked }\n    points: 70\n',
      },
      ['scores/intent.yaml:3:3 `why` is missing'],
    ],
    [
      'a duration that is a number',
      score('    when: { event: Demo Booked }\n    points: 70\n    within: 30\n'),
      ['scores/intent.yaml:7:13 must be a duration such as 15m, 12h, 30d or 2w, not `30`'],
    ],
    [
      'a comma in a number',
      score('    when: { event: Demo Booked }\n    points: 7,5\n'),
      ['scores/intent.yaml:6:13 must be a number, not `"7,5"`; write 7.5'],
    ],
    [
      'a comparison without quotes',
      score('    when:\n      lead.employees: >=50\n    points: 5\n'),
      ['scores/intent.yaml:6:24 a text that begins with `>` goes into quotes'],
    ],
    [
      'an address without quotes',
      score('    when: { lead.email: @rival.example }\n    points: 5\n'),
      ['scores/intent.yaml:5:25 a text that begins with `@` goes into quotes'],
    ],
    [
      'a colon in a text',
      { 'scores/fit.yaml': 'score: fit\nrules:\n  a:\n    why: Note: they ask\n' },
      ['scores/fit.yaml:4:10 a text with a colon and a space in it goes into quotes'],
    ],
    [
      'a quote that is not closed',
      score('    when: { event: "Demo Booked }\n    points: 70\n'),
      ['scores/intent.yaml:7:1 a text in quotes is begun before this and not ended'],
    ],
    [
      'a line that is indented otherwise',
      score('   when: { event: Demo Booked }\n    points: 70\n'),
      ['scores/intent.yaml:5:1 this line is not indented as the lines that it belongs to'],
    ],
    [
      'a line that is indented too far',
      score('    points: 70\n      once: true\n'),
      ['scores/intent.yaml:5:13 the line after this one is indented further than this one'],
    ],
    [
      'a merge key',
      score('    <<: { points: 70 }\n    when: { event: Demo Booked }\n    points: 70\n'),
      ['scores/intent.yaml:5:5 merge keys (<<) are not allowed; write it out'],
    ],
    [
      'a list of conditions',
      score('    when: [{ event: page }]\n    points: 70\n'),
      ['scores/intent.yaml:5:5 several conditions go into `all: [...]` or `any: [...]`'],
    ],
    [
      'a condition that is a text',
      score('    when: page\n    points: 70\n'),
      ['scores/intent.yaml:5:11 a condition is a mapping, such as `{ event: page }`'],
    ],
    [
      'an attribute as a mapping',
      score('    when: { event: page, lead: { title: CTO } }\n    points: 70\n'),
      ['scores/intent.yaml:5:26 attributes are written with a dot: `lead.title`'],
    ],
    [
      'an attribute of nobody',
      score('    when: { leads.title: CTO }\n    points: 70\n'),
      [
        'scores/intent.yaml:5:26 without `event` a condition has `lead.` or `account.` keys only, or one of all, any, not, inactive, active_within, rate (lead.title?)',
      ],
    ],
    [
      'a key that every object has',
      bands('total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, constructor: { 0: 20 } }\n'),
      ['bands.yaml:2:19 `enter` is missing', 'bands.yaml:2:34 unknown key `0`'],
    ],
    [
      'a score that is called total',
      { 'scores/intent.yaml': 'score: total\nrules: {}\n' },
      [
        'bands.yaml:1:25 there is no score `intent`',
        'scores/intent.yaml:1:8 `total` is what scores add up to; call this score something else',
      ],
    ],
    [
      'another ending',
      { 'scores/more.yml': '' },
      [
        'scores/more.yml:1:1 no rule file has this name; there are settings.yaml, bands.yaml, accounts.yaml, handoff.yaml, scores/*.yaml, journeys/*.yaml, emails/*.mjml, sources/*.yaml and **/*.test.yaml (scores/more.yaml?)',
      ],
    ],
    [
      'a malformed range',
      {
        'scores/fit.yaml':
          'score: fit\nrules:\n  size:\n    why: w\n    when: { lead.employees: 500..50 }\n    points: 3\n',
      },
      ['scores/fit.yaml:5:29 `500..50` is not a range: it ends before it begins'],
    ],
    [
      'a malformed duration',
      score('    when: { event: Demo Booked }\n    points: 70\n    within: 30 days\n'),
      ['scores/intent.yaml:7:13 must be a duration such as 15m, 12h, 30d or 2w, not `30 days` (30d?)'],
    ],
    [
      'two decays',
      score('    when: { event: Demo Booked }\n    points: 70\n    within: 30d\n    half_life: 3d\n'),
      ['scores/intent.yaml:8:16 a rule has at most one of within, half_life and fade; this has `within` too'],
    ],
    [
      'a cap of 0',
      score('    when: { event: Demo Booked }\n    points: 70\n    cap: 0\n'),
      ['scores/intent.yaml:7:10 a cap of 0 leaves nothing of the rule'],
    ],
    [
      'points that are no number',
      score('    when: { event: Demo Booked }\n    points: many\n'),
      ['scores/intent.yaml:6:13 must be a number, not `"many"`'],
    ],
    [
      'an unknown group',
      score('    when: { event: Demo Booked }\n    points: 70\n    group: reading\n'),
      ['scores/intent.yaml:7:12 there is no group `reading` in this file'],
    ],
    [
      'a rule name used twice',
      {
        'scores/fit.yaml':
          'score: fit\nrules:\n  demo:\n    why: w\n    when: { lead.title: CEO }\n    points: 3\n',
      },
      ['scores/intent.yaml:3:3 there is a rule `demo` in scores/fit.yaml already'],
    ],
    [
      'at_least inside when',
      score('    when: { event: Demo Booked, at_least: 2 }\n    points: 70\n'),
      ['scores/intent.yaml:5:33 `at_least` belongs beside `when`, not inside it'],
    ],
    [
      'a score that does not exist',
      bands('total: { sum: { fit: 1, intnt: 1 } }\nbands: { cold: 0, warm: 20 }\n'),
      ['bands.yaml:1:25 there is no score `intnt` (intent?)'],
    ],
    [
      'a band that does not exist',
      bands(
        'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20, hot: 70 }\nqualified:\n  band: [hott]\n',
      ),
      ['bands.yaml:4:10 there is no band `hott` (hot?)'],
    ],
    [
      'bands that do not ascend',
      bands('total: { sum: { fit: 1, intent: 1 } }\nbands:\n  cold: 0\n  hot: 70\n  warm: 20\n'),
      ['bands.yaml:5:3 bands ascend: `warm` (20) must be above `hot` (70)'],
    ],
    [
      'leave above enter',
      bands('total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: { enter: 20, leave: 30 } }\n'),
      ['bands.yaml:2:38 `leave` (30) must not be above `enter` (20)'],
    ],
    [
      'an empty bands.yaml',
      bands(''),
      ['bands.yaml:1:1 this file is empty: it says what points lead to, from `bands` on'],
    ],
    [
      'a key without a value',
      bands('total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20 }\ngrades:\n'),
      ['bands.yaml:3:1 must be a mapping, not empty'],
    ],
    [
      'grades of no score',
      bands(
        'total: { sum: { fit: 1, intent: 1 } }\nbands: { cold: 0, warm: 20 }\ngrades: { of: fitt, A: 3 }\n',
      ),
      ['bands.yaml:3:15 there is no score `fitt` (fit?)'],
    ],
    [
      'a time zone that is none',
      { 'settings.yaml': 'time_zone: Europe/Kopenhagen\nsender: { email: hello@lantern.example }\n' },
      ['settings.yaml:1:12 must be a time zone such as Europe/Copenhagen; did you mean Europe/Copenhagen?'],
    ],
    [
      'a sender without an address',
      { 'settings.yaml': 'sender: { email: hello }\n' },
      ['settings.yaml:1:18 must be an e-mail address such as ada@example.com, not `hello`'],
    ],
    [
      'mails that nobody sends',
      { 'settings.yaml': '' },
      ['journeys/welcome.yaml:1:1 who sends its mails? settings.yaml has no `sender`'],
    ],
    [
      'tabs',
      score('\twhen: { event: Demo Booked }\n\tpoints: 70\n'),
      [
        'scores/intent.yaml:5:1 indent with spaces, not tabs',
        'scores/intent.yaml:6:1 indent with spaces, not tabs',
      ],
    ],
    [
      'an open bracket',
      score('    when: { event: Demo Booked\n    points: 70\n'),
      ['scores/intent.yaml:6:5 a bracket is opened before this and not closed: `}` is missing'],
    ],
    [
      'anchors and aliases',
      score(
        '    when: &a { event: Demo Booked }\n    points: 70\n  again:\n    why: w\n    when: *a\n    points: 2\n',
      ),
      [
        'scores/intent.yaml:5:14 anchors (&a) are not allowed; write it out',
        'scores/intent.yaml:9:11 aliases (*a) are not allowed; a text that begins with `*` goes into quotes',
      ],
    ],
    [
      'two documents in a file',
      { 'settings.yaml': 'sender: { email: hello@lantern.example }\n---\ntime_zone: UTC\n' },
      ['settings.yaml:2:1 one document a file: remove the line `---`'],
    ],
    [
      'a tag',
      { 'settings.yaml': 'time_zone: !zone UTC\nsender: { email: hello@lantern.example }\n' },
      ['settings.yaml:1:12 tags (!) are not allowed'],
    ],
    [
      'a list as a key',
      { 'settings.yaml': '? [a]\n: 1\nsender: { email: hello@lantern.example }\n' },
      ['settings.yaml:1:3 a key must be a plain text'],
    ],
    [
      'a file that is not text',
      { 'settings.yaml': new Uint8Array([0x61, 0xff, 0xfe]) },
      ['settings.yaml:1:1 this file is not UTF-8 text; save it as UTF-8'],
    ],
    [
      'nesting without end',
      { 'settings.yaml': '['.repeat(30) + ']'.repeat(30) + '\n' },
      ['settings.yaml:1:26 nested deeper than 24 levels'],
    ],
    [
      'nesting that would exhaust the stack',
      { 'settings.yaml': '['.repeat(100000) },
      ['settings.yaml:1:1 nested deeper than 24 levels'],
    ],
    [
      'an infinite number',
      score('    when: { event: Demo Booked }\n    points: .inf\n'),
      ['scores/intent.yaml:6:13 this number has no finite value'],
    ],
    [
      'a key that programs stumble over',
      { 'settings.yaml': '__proto__: { a: 1 }\nsender: { email: hello@lantern.example }\n' },
      ['settings.yaml:1:1 a key cannot be called __proto__'],
    ],
    [
      'a file of no kind',
      { 'score/fit.yaml': 'score: fit\n' },
      [
        'score/fit.yaml:1:1 no rule file has this name; there are settings.yaml, bands.yaml, accounts.yaml, handoff.yaml, scores/*.yaml, journeys/*.yaml, emails/*.mjml, sources/*.yaml and **/*.test.yaml (scores/fit.yaml?)',
      ],
    ],
    [
      'a source whose name, signature or expression is wrong',
      {
        'sources/form.yaml': "source: forms\nverify: { scheme: typeform }\nmap: '$match(a, /(a+)+/)'\n",
        'sources/other.yaml': "source: other\nverify: { scheme: hmac, header: x }\nmap: '{'\n",
        'sources/third.yaml': "source: third\nverify: { scheme: typfrom }\nmap: 'x'\n",
      },
      [
        'sources/form.yaml:1:9 must be the name of its file, `form`',
        'sources/form.yaml:3:6 the expression is wrong at its line 1: regular expressions are not allowed; use $contains, $split or =',
        'sources/other.yaml:2:1 `header`, `encoding` and `prefix` belong to `hmac`, which needs the first two',
        'sources/third.yaml:2:19 must be `calendly` or `cal.com` or `hubspot` or `standard-webhooks` or `stripe` or `typeform` or `hmac`, not `"typfrom"` (typeform?)',
      ],
    ],
    [
      'an unknown band in a journey',
      journey('journey: welcome\nstart: { band: wram }\nsteps:\n  - send: hello\n'),
      ['journeys/welcome.yaml:2:16 there is no band `wram` (warm?)'],
    ],
    [
      'an unknown email in a journey',
      journey('journey: welcome\nstart: { band: warm }\nsteps:\n  - wait: 2d\n  - send: helo\n'),
      ['journeys/welcome.yaml:5:11 there is no emails/helo.mjml (hello?)'],
    ],
    [
      'an unknown step',
      journey('journey: welcome\nstart: { band: warm }\nsteps:\n  - sned: hello\n'),
      [
        'journeys/welcome.yaml:4:5 unknown step `sned`; a step is one of wait, send, if, split, set, notify, webhook, handoff, exit (send?)',
      ],
    ],
    [
      'a split whose ways are no whole',
      journey(
        'journey: welcome\nstart: { band: warm }\nsteps:\n  - split: { a: 50%, b: 40% }\n    then: { c: [{ send: hello }] }\n',
      ),
      [
        'journeys/welcome.yaml:4:5 its shares add up to 90%, and must to 100%',
        'journeys/welcome.yaml:5:13 `split` has no way `c` (a?)',
      ],
    ],
    [
      'a step that nothing comes to',
      journey(
        'journey: welcome\nstart: { band: warm }\nsteps:\n  - send: hello\n  - exit: true\n  - send: hello\n',
      ),
      ['journeys/welcome.yaml:6:5 nothing comes to this step: every way ends before it'],
    ],
    [
      'a group, a grade, a score and a band of accounts that are none',
      journey(
        'journey: welcome\nstart: { account: { band: surgin } }\ngoal: { group: x, grade: y }\nstop: [{ score: { fitt: 5 } }]\nsteps:\n  - send: hello\n',
      ),
      [
        'journeys/welcome.yaml:2:27 there is no band of accounts `surgin`',
        'journeys/welcome.yaml:3:16 there is no group `x`',
        'journeys/welcome.yaml:3:26 there is no grade `y`',
        'journeys/welcome.yaml:4:19 there is no score `fitt` (fit?)',
      ],
    ],
    [
      'an unknown key in a journey',
      journey('journey: welcome\nabuot: x\nstart: { band: warm }\nsteps:\n  - send: hello\n'),
      ['journeys/welcome.yaml:2:1 unknown key `abuot` (about?)'],
    ],
    [
      'one journey in two files',
      { 'journeys/other.yaml': 'journey: welcome\nstart: { band: warm }\nsteps:\n  - send: hello\n' },
      ['journeys/welcome.yaml:1:10 another file has the journey `welcome` already'],
    ],
    [
      'a mail without a subject',
      { 'emails/hello.mjml': '<mjml></mjml>' },
      ['emails/hello.mjml:1:1 must begin with its subject: a line `---`, `subject: …`, and `---`'],
    ],
    [
      'an unknown key above a mail',
      email('', 'subject: Hi\npreheder: x'),
      ['emails/hello.mjml:3:1 unknown key `preheder` (preheader?)'],
    ],
    [
      'an unknown MJML element',
      email('<mj-section>\n<mj-column>\n<mj-txt>Hi</mj-txt>\n</mj-column>\n</mj-section>'),
      ['emails/hello.mjml:8:1 there is no `<mj-txt>` (mj-text?)'],
    ],
    [
      'an unknown MJML attribute',
      email('<mj-section>\n<mj-column>\n<mj-text colr="red">Hi</mj-text>\n</mj-column>\n</mj-section>'),
      ['emails/hello.mjml:8:1 mj-text: Attribute colr is illegal'],
    ],
    [
      'a mail that is not MJML',
      { 'emails/hello.mjml': '---\nsubject: Hi\n---\n<p>Hi</p>\n' },
      [
        'emails/hello.mjml:1:1 Malformed MJML. Check that your structure is correct and enclosed in <mjml> tags.',
      ],
    ],
    [
      'an unknown variable in a mail',
      email('<mj-section>\n<mj-column>\n<mj-text>Hi {{ leed.name }}</mj-text>\n</mj-column>\n</mj-section>'),
      [
        'emails/hello.mjml:8:16 unknown variable `leed`; a mail knows lead, account, sender, preheader, subject, unsubscribe_url, preferences_url (lead?)',
      ],
    ],
    [
      'a Liquid tag left open',
      email(
        '<mj-section>\n<mj-column>\n<mj-text>Hi {% if lead.name %}</mj-text>\n</mj-column>\n</mj-section>',
      ),
      ['emails/hello.mjml:8:13 `{% if lead.name %}` is not closed; it needs `{% endif %}`'],
    ],
    [
      'an unknown Liquid filter',
      email(
        '<mj-section>\n<mj-column>\n<mj-text>Hi {{ lead.name | upcas }}</mj-text>\n</mj-column>\n</mj-section>',
      ),
      ['emails/hello.mjml:8:13 there is no filter `upcas` (upcase?)'],
    ],
    [
      'an unknown variable in a subject',
      email(
        '<mj-section>\n<mj-column>\n<mj-text>Hi</mj-text>\n</mj-column>\n</mj-section>',
        'subject: "Hi {{ name }}"',
      ),
      [
        'emails/hello.mjml:2:10 unknown variable `name`; a mail knows lead, account, sender, preheader, subject, unsubscribe_url, preferences_url (lead.name?)',
      ],
    ],
    [
      'a handoff without its mail',
      { 'handoff.yaml': 'default: { name: Sales, email: sales@example.com }\n' },
      ['handoff.yaml:1:1 a handoff needs its mail, emails/handoff.mjml'],
    ],
    [
      'a morning without its mail',
      {
        'handoff.yaml': "default: { name: Sales, email: sales@example.com }\nmorning: '07:00'\n",
        'emails/handoff.mjml': SOUND['emails/hello.mjml'],
      },
      ['handoff.yaml:2:10 the morning mail is missing, emails/morning.mjml'],
    ],
    [
      'an unknown key and a wrong kind in the handoff',
      {
        'handoff.yaml': 'defualt: { name: Sales, email: sales@example.com }\nteams: []\n',
        'emails/handoff.mjml': SOUND['emails/hello.mjml'],
      },
      [
        'handoff.yaml:1:1 `default` is missing',
        'handoff.yaml:1:1 unknown key `defualt` (default?)',
        'handoff.yaml:2:1 must be a mapping, not `[]`',
      ],
    ],
    [
      'hours and days that are none, and owners who are nobody',
      {
        'handoff.yaml': [
          'owners: [{ team: nordc }, { by: account, team: nordic }]',
          'teams:',
          '  nordic:',
          '    members: [{ name: A, email: a@example.com, off: [2026-02-30] }]',
          "    hours: { mon-fri: '17:00-09:00' }",
          '    notify: { slack: sals }',
          'default: { name: Sales }',
          'reasons: { not-now: Later }',
          '',
        ].join('\n'),
        'emails/handoff.mjml': SOUND['emails/hello.mjml'],
      },
      [
        'handoff.yaml:1:27 needs `name` and `email` of a person, or a `team`, or `by: account`',
        'handoff.yaml:4:54 must be a day or days such as 2026-12-24..2026-12-26',
        'handoff.yaml:5:23 ends before it begins',
        'handoff.yaml:7:1 needs `name` and `email` of a person, or a `team`',
        'handoff.yaml:8:12 `not-now` has a button of its own',
      ],
    ],
    [
      'a team that a journey tells, and that hears of nothing',
      {
        'journeys/call.yaml':
          'journey: call\nstart: { band: hot }\nsteps:\n  - notify: nordic\n  - notify: closers\n',
        'handoff.yaml': [
          'teams:',
          '  nordic: { members: [{ name: A, email: a@example.com }], notify: { webhook: crm } }',
          '  closers: { members: [{ name: B, email: b@example.com }], email: closers@example.com }',
          'channels: { webhook: [crm] }',
          'default: { name: Sales, email: sales@example.com }',
          '',
        ].join('\n'),
        'emails/handoff.mjml': SOUND['emails/hello.mjml'],
      },
      [
        'journeys/call.yaml:4:13 nobody would hear this: the team `nordic` has neither a channel nor an address; give it an `email` in handoff.yaml, or a channel (`slack`, `teams`)',
      ],
    ],
    [
      'a team and a channel that are not there',
      {
        'handoff.yaml': [
          'teams: { nordic: { members: [{ name: A, email: a@example.com }], notify: { slack: sals } } }',
          'channels: { slack: [sales] }',
          'default: { team: nordc }',
          '',
        ].join('\n'),
        'emails/handoff.mjml': SOUND['emails/hello.mjml'],
      },
      [
        'handoff.yaml:1:83 `channels` has no slack called `sals` (sales?)',
        'handoff.yaml:3:18 there is no team `nordc` (nordic?)',
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await problems(files)).toEqual(expected);
  });
});
