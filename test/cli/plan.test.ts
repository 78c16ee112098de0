import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test, vi } from 'vitest';

import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const at = (daysAgo: number): string => new Date(Date.parse(NOW) - daysAgo * 86_400_000).toISOString();
let sent = 0;
const message = (userId: string, daysAgo: number, rest: object): object => ({
  userId,
  messageId: `m${(sent += 1)}`,
  timestamp: at(daysAgo),
  ...rest,
});
const identify = (userId: string, daysAgo: number, traits: object): object =>
  message(userId, daysAgo, { type: 'identify', traits: { email: `${userId}@lead.example`, ...traits } });
const demo = (userId: string, daysAgo: number): object =>
  message(userId, daysAgo, { type: 'track', event: 'Demo Booked' });
const page = (userId: string, daysAgo: number): object =>
  message(userId, daysAgo, { type: 'page', properties: { path: '/pricing' } });

/** Ida is warm (40); Bo is a boss who asked (70, hot); Cleo looked at prices; Dan did nothing that counts. */
const EVENTS = [
  identify('ida', 20, {}),
  demo('ida', 10),
  identify('bo', 20, { title: 'CEO' }),
  demo('bo', 10),
  identify('cleo', 9, {}),
  page('cleo', 0.001),
  identify('dan', 5, {}),
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join('');

const changed = (from: string, to: string, file: keyof typeof RULES): Record<string, string> => ({
  ...RULES,
  [file]: RULES[file].replace(from, to),
});
const under = (files: Readonly<Record<string, string>>, root: string): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file.replace(/^rules/, root), text]));

/** @param head files of the new rules */
const planned = async (
  head: Readonly<Record<string, string>>,
  events: string = EVENTS,
  ...more: string[]
) => {
  const dir = folder({ ...RULES, ...under(head, 'head'), 'events.ndjson': events });
  const inside = (name: string): string => join(dir, name);
  const args = ['--base', inside('rules'), '--head', inside('head'), '--history', inside('events.ndjson')];
  return run(['plan', ...args, '--at', NOW, ...more]);
};
const json = async (head: Readonly<Record<string, string>>, events?: string) => {
  const { code, out } = await planned(head, events, '--format', 'json');
  return { code, plan: JSON.parse(out) as Record<string, unknown> };
};

describe('what a plan says', () => {
  const moreForDemos = changed('points: 40', 'points: 70', 'rules/scores/intent.yaml');

  test('as JSON: rules, bands with who moves, who qualifies, and the leads with the rule that moves them', async () => {
    const { code, plan } = await json(moreForDemos);
    expect(code).toBe(2);
    expect(plan).toMatchObject({
      at: NOW,
      leads: 4,
      rules: {
        added: [],
        changed: [
          { kind: 'rule', name: 'demo', score: 'intent', changes: [{ field: 'points', from: 40, to: 70 }] },
        ],
        removed: [],
        neverFired: [],
      },
      bands: {
        before: { cold: 2, warm: 1, hot: 1 },
        after: { cold: 2, warm: 0, hot: 2 },
        moves: [{ from: 'warm', to: 'hot', count: 1 }],
      },
      qualified: { enter: 1, leave: 0 },
      top: [
        { before: 40, after: 70, rule: 'demo' },
        { before: 70, after: 100, rule: 'demo' },
      ],
    });
    expect(Object.keys(plan)).toEqual([
      'base', 'head', 'at', 'leads', 'rules', 'bands', 'qualified', 'handoffs', 'mails', 'accounts', 'top',
    ]); // prettier-ignore
    expect(plan.base).toMatch(/^[0-9a-f]{16}$/);
    expect(plan.base).not.toBe(plan.head);
  });

  test('as text, in words', async () => {
    const { code, out } = await planned(moreForDemos);
    expect(code).toBe(2);
    expect(out).toContain('~ rule demo of intent: points 40 → 70');
    expect(out).toMatch(/warm +1 +0 +−1 +1$/m);
    expect(out).toMatch(/i…@l….example +40 → 70 {2}warm → hot, qualified {2}demo, \+30/);
    expect(out).toContain('Plan: 2 leads change, 1 into another band, 1 qualifies; nothing is sent at once.');
  });

  test('nobody is named by address, unless that is asked for', async () => {
    for (const format of ['text', 'markdown', 'json', 'html']) {
      const { out } = await planned(moreForDemos, EVENTS, '--format', format);
      expect(out).not.toContain('ida@');
      expect(out).not.toContain('lead.example');
      const { out: told } = await planned(moreForDemos, EVENTS, '--format', format, '--show-pii');
      expect(told).toContain('ida@lead.example');
    }
  });

  test('the instant is what was asked for: a month later the demos are worth nothing, old rules or new', async () => {
    const { out, code } = await planned(moreForDemos, EVENTS, '--at', '2026-04-01');
    expect(out).toContain('No changes to any lead.');
    expect(code).toBe(0);
  });

  test('rules that nothing ever matched are named', async () => {
    const head = changed('Demo Booked', 'Demo Boooked', 'rules/scores/intent.yaml');
    expect((await json(head)).plan.rules).toMatchObject({ neverFired: ['demo'] });
  });
});

test('what people call themselves is text in every format: no markup, no colour, no mention', async () => {
  const hostile = '<img src=x onerror=alert(1)>|@everyone\u001b[31m`x`\u202e';
  const events = [demo(hostile, 1), identify('ida', 20, {})]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
  const head = changed('points: 40', 'points: 70', 'rules/scores/intent.yaml');
  const said = async (format: string): Promise<string> =>
    (await planned(head, events, '--format', format, '--show-pii')).out;
  expect(await said('html')).toContain('&lt;img src=x onerror=alert(1)&gt;|@everyone');
  expect(await said('html')).not.toContain('<img');
  // In a code span nothing is markup, and nobody is told.
  expect(await said('markdown')).toContain('``<img src=x onerror=alert(1)>\\|@everyone [31m`x` ``');
  expect(await said('text')).toContain('<img src=x onerror=alert(1)>|@everyone [31m`x` ');
  for (const format of ['html', 'markdown', 'text'])
    expect(await said(format)).not.toMatch(/\p{Cf}|[^\P{Cc}\n]/u);
  const { top } = JSON.parse(await said('json')) as { top: { lead: string }[] };
  expect(top[0]?.lead).toBe(hostile);
});

describe('no changes', () => {
  test('the same rules in another order are no change', async () => {
    const [first = '', ...rest] = RULES['rules/scores/intent.yaml'].split(/(?= {2}demo:| {2}pricing:)/);
    const turned = [first, ...rest.toReversed()].join('');
    const { code, out } = await planned({ ...RULES, 'rules/scores/intent.yaml': turned });
    expect(code).toBe(0);
    expect(out).toContain('The rules say the same.');
    expect(out).toContain('No changes to any lead.');
  });

  test('a reason that is said better, and a rule that nobody has met yet, change no lead', async () => {
    const { code, out } = await planned({
      ...changed('They ask.', 'They ask us.', 'rules/scores/intent.yaml'),
      'rules/scores/later.yaml':
        'score: later\nrules:\n  trial:\n    why: w\n    when: { event: Trial Started }\n    points: 50\n',
    });
    expect(code).toBe(0);
    expect(out).toContain('+ rule trial of later');
    expect(out).toContain('~ rule demo of intent: why reworded');
    expect(out).toContain('Rules that never fired\n  trial');
    expect(out).toContain('No changes to any lead.');
    expect(out).not.toContain('Leads by band');
  });
});

describe('handoffs and mails', () => {
  const NURTURE = {
    'rules/handoff.yaml': 'again_after: 30d\ndefault: { name: Sales, email: sales@us.example }\n',
    'rules/journeys/warm-up.yaml':
      'journey: warm-up\nagain_after: 5d\nstart: { band: warm }\nsteps:\n  - wait: 1d\n  - send: hi\n',
    'rules/emails/hi.mjml':
      '---\nsubject: Hi\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi, <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section></mj-body></mjml>\n',
    'rules/emails/handoff.mjml':
      '---\nsubject: One\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>One</mj-text></mj-column></mj-section></mj-body></mjml>\n',
    'rules/settings.yaml': 'sender: { email: us@us.example, address: Here }\n',
  };
  const plans = async (points: number, events = EVENTS) => {
    const head = { ...changed('points: 40', `points: ${points}`, 'rules/scores/intent.yaml'), ...NURTURE };
    const dir = folder({ ...RULES, ...NURTURE, ...under(head, 'head'), 'events.ndjson': events });
    const inside = (name: string): string => join(dir, name);
    const { out, err } = await run([
      'plan', '--base', inside('rules'), '--head', inside('head'), '--history', inside('events.ndjson'), '--at', NOW,
      '--format', 'json', '--since', '4w',
    ]); // prettier-ignore
    expect(err).not.toContain('kindling:');
    return JSON.parse(out) as { handoffs: object; mails: object };
  };

  test('who qualifies by the change is handed over at once; who was before is not again', async () => {
    const { handoffs } = await plans(70);
    // Bo was handed over ten days ago under the old rules; under the new ones Ida would have been, too.
    expect(handoffs).toEqual({ now: 1, perWeekBefore: 0.35, perWeekAfter: 0.7 });
  });

  test('handoffs that were made stand: none while sales has the lead, none within the pause after', async () => {
    // Cleo asked 50 days ago, was handed over, and sales gave her back; she has looked at prices since.
    const cleo = (rejected: number): string =>
      [
        identify('cleo', 60, { title: 'CEO' }),
        demo('cleo', 50),
        message('cleo', rejected, { type: 'track', event: 'handoff.rejected' }),
        page('cleo', 0.1),
        page('cleo', 0.2),
      ]
        .map((event) => `${JSON.stringify(event)}\n`)
        .join('');
    const head = async (events: string, format = 'json') => {
      const more = changed('points: 10', 'points: 25', 'rules/scores/intent.yaml');
      const dir = folder({
        ...RULES,
        ...NURTURE,
        ...under({ ...more, ...NURTURE }, 'head'),
        'e.ndjson': events,
      });
      const inside = (name: string): string => join(dir, name);
      const { out } = await run([
        'plan', '--base', inside('rules'), '--head', inside('head'), '--history', inside('e.ndjson'), '--at', NOW,
        '--format', format,
      ]); // prettier-ignore
      const plan = (format === 'json' ? JSON.parse(out) : {}) as {
        qualified: object;
        handoffs: { now: number };
      };
      return { ...plan, out };
    };
    const given = await head(cleo(40));
    expect(given.qualified).toEqual({ enter: 1, leave: 0 });
    expect(given.handoffs.now).toBe(1);
    // Sales has answered only after the instant of the plan: it is theirs still.
    expect((await head(cleo(-1))).handoffs.now).toBe(0);
    expect((await head(cleo(-1), 'text')).out).toContain(
      '1 enter, 0 leave; sales has them already, or had lately',
    );
  });

  test('a band that the change brings starts the journey of that band at once', async () => {
    const { mails } = await plans(5);
    // Ida falls to cold; Bo falls from hot to warm, and begins again.
    expect(mails).toMatchObject({ begin: { now: 1 }, journeys: { 'warm-up': { begin: { now: 1 } } } });
  });
});

describe('quality', () => {
  test('with outcomes in the history, old and new rules are judged by them as of just before', async () => {
    const events =
      EVENTS +
      [
        message('ida', 1, { type: 'track', event: 'deal.won' }),
        message('bo', 2, { type: 'track', event: 'deal.lost' }),
        message('cleo', 1, { type: 'track', event: 'deal.lost' }),
      ]
        .map((event) => `${JSON.stringify(event)}\n`)
        .join('');
    const { plan } = await json(changed('points: 40', 'points: 70', 'rules/scores/intent.yaml'), events);
    expect(plan.quality).toMatchObject({
      before: { decided: 3, won: 1, precision: 0, recall: 0, auc: 0.5, medianLeadDays: null },
      after: { decided: 3, won: 1, precision: 0.5, recall: 1, auc: 0.5, medianLeadDays: 9 },
    });
    const { out } = await planned(changed('points: 40', 'points: 70', 'rules/scores/intent.yaml'), events);
    expect(out).toContain('Judged by 3 outcomes, 1 won');
    expect(out).toMatch(/precision of qualified +0\.0 % +50\.0 %/);
  });
});

describe('rules of a commit', () => {
  const git = (dir: string, ...args: string[]): void =>
    void execFileSync('git', ['-C', dir, '-c', 'user.name=Kim', '-c', 'user.email=kim@us.example', ...args], {
      stdio: 'pipe',
    });
  const repository = (): string => {
    const dir = folder({ ...RULES, 'events.ndjson': EVENTS });
    git(dir, 'init', '-q', '-b', 'main');
    git(dir, 'add', '.');
    git(dir, 'commit', '-qm', 'rules');
    return dir;
  };

  test('a ref is compared with the folder as it is now, and nothing is left behind', async () => {
    const dir = repository();
    const events = join(dir, 'events.ndjson');
    // A folder for temporary files that nobody else writes to.
    vi.stubEnv('TMPDIR', folder({ 'mine/.keep': '' }));
    const args = ['--base', 'main', '--head', join(dir, 'rules'), '--history', events, '--at', NOW];
    const { code, out } = await run(['plan', ...args]);
    expect(out).toContain('main:rules');
    expect(code).toBe(0);
    expect(readdirSync(tmpdir())).toEqual(['mine']);
    vi.unstubAllEnvs();
  });

  test('rules that are in no repository are compared with a commit of the one that one stands in', async () => {
    const [dir, elsewhere] = [repository(), folder(RULES)];
    const here = process.cwd();
    process.chdir(dir);
    try {
      const args = ['--base', 'main', '--head', join(elsewhere, 'rules'), '--history', 'events.ndjson'];
      const { code, out } = await run(['plan', ...args, '--at', NOW]);
      expect(out).toContain('main:rules');
      expect(code).toBe(0);
    } finally {
      process.chdir(here);
    }
  });

  test('a ref that looks like an option is a ref all the same, and one that is none is refused', async () => {
    const dir = repository();
    git(dir, 'update-ref', 'refs/heads/--upload-pack=touch', 'main');
    const events = join(dir, 'events.ndjson');
    const planOf = (base: string) =>
      run(['plan', `--base=${base}`, '--head', join(dir, 'rules'), '--history', events, '--at', NOW]);
    expect((await planOf('--upload-pack=touch')).code).toBe(0);
    const refused = await planOf('--output=/tmp/x');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('"--output=/tmp/x" is neither a folder nor a commit of this repository');
    const elsewhere = await planOf('main:scores');
    expect(elsewhere.err).toContain(
      'there are no rules in the folder scores of main; name it as main:FOLDER',
    );
  });

  test('a folder that is new since the commit is held against the rules of it', async () => {
    const dir = repository();
    cpSync(join(dir, 'rules'), join(dir, 'rules.next'), { recursive: true });
    const args = [
      '--base',
      'main',
      '--head',
      join(dir, 'rules.next'),
      '--history',
      join(dir, 'events.ndjson'),
    ];
    const { code, out } = await run(['plan', ...args, '--at', NOW]);
    expect(out).toContain('main:rules');
    expect(code).toBe(0);
  });
});

test('over a history in which nothing has happened yet, it says that, and not that nothing changes', async () => {
  const head = changed('points: 40', 'points: 50', 'rules/scores/intent.yaml');
  for (const [events, ...more] of [[''], [EVENTS, '--at', '2020-01-01']] as const) {
    const { code, out } = await planned(head, events, ...more);
    expect(out).toMatch(/No lead had done anything by then: this says nothing about the rules\.\n$/);
    expect(out).not.toContain('never fired');
    expect(code).toBe(0);
    const { out: markdown } = await planned(head, events, ...more, '--format', 'markdown');
    expect(markdown).toContain('## Kindling plan: nothing to replay');
  }
});

describe('refusals', () => {
  test('broken rules are told by place, with exit code 1', async () => {
    const { code, err } = await planned(changed('points: 40', 'poinst: 40', 'rules/scores/intent.yaml'));
    expect(code).toBe(1);
    expect(err).toMatch(/scores\/intent\.yaml:\d+:\d+ .*poinst/);
  });

  test('an unknown format, a duration that is none, a history that is not there', async () => {
    expect((await planned(RULES, EVENTS, '--format', 'pdf')).err).toContain('there is no format "pdf"');
    expect((await planned(RULES, EVENTS, '--since', 'long')).err).toContain('"long" is no duration');
    const { code, err } = await run(['plan', '--base', 'rules', '--history', '/nowhere.ndjson']);
    expect(code).toBe(1);
    expect(err).toContain('there is no file /nowhere.ndjson');
  });
});
