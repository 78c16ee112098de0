import { join } from 'node:path';

import { expect, test } from 'vitest';

import { folder, RULES } from './folder.ts';
import { run } from './run.ts';

const MAIL =
  '---\nsubject: Hi\n---\n<mjml><mj-body><mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text></mj-column></mj-section></mj-body></mjml>\n';
const NURTURE = {
  ...RULES,
  'rules/settings.yaml': 'sender: { email: hello@lantern.example }\n',
  'rules/emails/trial.mjml': MAIL,
  'rules/journeys/warm-up.yaml':
    'journey: warm-up\nstart: { band: warm }\nsteps:\n  - wait: 1d\n  - send: trial\n',
};

test('draws a journey', async () => {
  const rules = join(folder(NURTURE), 'rules');
  const { code, out } = await run(['journey', 'draw', 'warm-up', '--rules', rules]);
  expect(code).toBe(0);
  expect(out).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*Send “trial”.*<\/svg>\n$/s);
});

test('says which journeys there are', async () => {
  const rules = join(folder(NURTURE), 'rules');
  const { code, err } = await run(['journey', 'draw', 'warm-pu', '--rules', rules]);
  expect(code).toBe(1);
  expect(err).toBe('kindling: there is no journey "warm-pu"; did you mean "warm-up"?\n');
});

test('check --base finds a journey that is removed before it was retired, and a mail that is still on its way', async () => {
  const before = join(folder(NURTURE), 'rules');
  const { 'rules/journeys/warm-up.yaml': _, ...without } = NURTURE;
  const after = join(folder(without), 'rules');
  const { code, err } = await run(['check', '--rules', after, '--base', before]);
  expect(code).toBe(1);
  expect(err).toContain(
    'journeys/warm-up.yaml:1:1  `warm-up` is removed, and leads may be on the way through it: set `retired: true` first',
  );
  const retired = join(
    folder({
      ...NURTURE,
      'rules/journeys/warm-up.yaml': `retired: true\n${NURTURE['rules/journeys/warm-up.yaml']}`,
    }),
    'rules',
  );
  expect((await run(['check', '--rules', retired, '--base', before])).code).toBe(0);
  expect((await run(['check', '--rules', after, '--base', retired])).code).toBe(0);
  const other = {
    ...without,
    'rules/emails/trial.mjml': undefined,
    'rules/emails/case.mjml': MAIL,
    'rules/journeys/warm-up.yaml': NURTURE['rules/journeys/warm-up.yaml'].replace(
      'send: trial',
      'send: case',
    ),
  };
  const files = Object.fromEntries(
    Object.entries(other).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const renamed = await run(['check', '--rules', join(folder(files), 'rules'), '--base', before]);
  expect(renamed.err).toContain(
    'emails/trial.mjml:1:1  `trial` is removed, and leads may be on the way to a step of `warm-up`',
  );
});
