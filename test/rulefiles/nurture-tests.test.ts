import { describe, expect, test } from 'vitest';

import { loadFiles } from '../../rulefiles/load.ts';
import { runTests, type TestReport } from '../../rulefiles/tests.ts';
import { memoryFolder, told } from './memory-folder.ts';

const mail = (subject: string): string =>
  `---\nsubject: ${subject}\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>\n`;

const RULES = {
  'settings.yaml': 'sender: { email: hello@lantern.example }\n',
  'scores/intent.yaml':
    'score: intent\nrules:\n' +
    '  look: { why: They look., when: { event: page }, points: 20, once: true, within: 30d }\n' +
    '  demo: { why: They ask., when: { event: Demo Booked }, points: 50, once: true, within: 30d }\n',
  'bands.yaml': 'bands: { of: intent, cold: 0, warm: 20, hot: 70 }\nqualified: { band: hot }\n',
  'journeys/tips.yaml':
    'journey: tips\nstart: { band: warm }\nstop: [{ event: Do Not Bother }, { band: cold }]\nagain_after: 60d\nsteps:\n' +
    '  - wait: 1d\n  - send: first\n  - wait: 2d\n' +
    '  - if: { event: Trial Started }\n    then: [{ send: trial }]\n    else: [{ wait: 2d }, { send: second }]\n',
  'handoff.yaml': 'default: { name: Sales, email: sales@lantern.example }\nagain_after: 10d\n',
  'emails/first.mjml': mail('First'),
  'emails/second.mjml': mail('Second'),
  'emails/trial.mjml': mail('Trial'),
  'emails/handoff.mjml': mail('Call'),
};

async function run(text: string): Promise<TestReport> {
  const files = memoryFolder({ ...RULES, 'bands.test.yaml': text });
  const loaded = await loadFiles(files);
  if (!loaded.ok) throw new Error(loaded.issues.map(told).join('\n'));
  return runTests(files, loaded.value);
}

const story = (events: string, ...expected: string[]): string =>
  `- name: x\n  events: [${events}]\n  expect:\n${expected.map((one) => `    - ${one}\n`).join('')}`;

describe('an expectation may name the mails that would have been sent', () => {
  test.each<[string, string, string[]]>([
    [
      'after the waits of a journey, and not before',
      '{ day: 0, event: page }',
      [
        '{ day: 0, at: 23h, journeys: tips, mails: [] }',
        '{ day: 1, mails: first }',
        '{ day: 4, at: 23h, mails: [first] }',
        '{ day: 5, mails: [second, first] }',
      ],
    ],
    [
      'by what happened since it began',
      '{ day: 0, event: page }, { day: 2, event: Trial Started }',
      ['{ day: 3, mails: [first, trial] }', '{ day: 9, mails: [first, trial] }'],
    ],
    [
      'by nothing that happened before',
      '{ day: 0, event: Trial Started }, { day: 1, event: page }',
      ['{ day: 9, mails: [first, second] }'],
    ],
    [
      'until a condition stops it',
      '{ day: 0, event: page }, { day: 4, event: Do Not Bother }',
      ['{ day: 9, mails: first }'],
    ],
    [
      'until they unsubscribe, or an address bounces',
      '{ day: 0, event: page }, { day: 2, event: email.unsubscribed }',
      ['{ day: 9, mails: first }'],
    ],
    [
      'until sales has the lead, who is told by a mail of its own',
      '{ day: 0, event: page }, { day: 2, event: Demo Booked }',
      [
        '{ day: 1, mails: first }',
        '{ day: 2, mails: [first, handoff] }',
        '{ day: 9, mails: [first, handoff] }',
      ],
    ],
    [
      'not again when sales gives the lead back, as the journey is over',
      '{ day: 0, event: page }, { day: 2, event: Demo Booked }, { day: 4, event: handoff.rejected }',
      ['{ day: 3, mails: [first, handoff] }', '{ day: 6, mails: [first, handoff] }'],
    ],
    [
      'none of a journey that nothing starts',
      '{ day: 0, event: Trial Started }',
      ['{ day: 9, journeys: [], mails: [] }'],
    ],
  ])('%s', async (_, events, expected) => {
    const { passed, failures, issues } = await run(story(events, ...expected));
    expect({ passed, failures, issues }).toEqual({ passed: 1, failures: [], issues: [] });
  });
});

test('a journey begins again only after its time', async () => {
  const twice = (day: number): string =>
    story(
      `{ day: 0, event: page }, { day: ${day}, event: page }, { day: ${day + 1}, event: Trial Started }`,
      `{ day: ${day + 9}, mails: [first, second, trial] }`,
    );
  expect((await run(twice(70))).failed).toBe(0);
  expect((await run(twice(50))).failures.map(({ what, got }) => [what, got])).toEqual([
    ['mails', 'first, second'],
  ]);
});

test('a failure tells the mails that would have gone out', async () => {
  const { failures } = await run(story('{ day: 0, event: page }', '{ day: 5, mails: [first, trial] }'));
  expect(failures.map(({ what, expected, got }) => [what, expected, got])).toEqual([
    ['mails', 'first, trial', 'first, second'],
  ]);
});

test('a mail that does not exist is a problem', async () => {
  const { issues } = await run(story('{ day: 0, event: page }', '{ day: 5, mails: [firts] }'));
  expect(issues.map(told)).toEqual(['bands.test.yaml:4:17 there is no mail `firts` (first?)']);
});
