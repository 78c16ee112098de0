import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run, type Ran } from './run.ts';

const RULES = join(import.meta.dirname, '..', '..', 'rules');
/** Nobody answers there: whoever asks it has gone too far. */
const NOBODY = ['--url', 'http://127.0.0.1:9'];

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kindling-deploy-'));
  await cp(RULES, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const changed = async (file: string, from: string, to: string): Promise<void> => {
  const path = join(dir, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};
const deploy = (...more: string[]): Promise<Ran> => run(['deploy', '--rules', dir, ...NOBODY, ...more]);

test('rules whose tests fail are not published, and neither are sources whose tests do', async () => {
  await changed('scores/fit.test.yaml', 'scores: { fit: 20 }', 'scores: { fit: 21 }');
  const refused = (tests: string): Ran => ({
    ...{ code: 1, out: '' },
    err: `kindling: ${tests}; \`kindling check --rules ${dir}\` says which\n`,
  });
  expect(await deploy()).toEqual(refused(`1 of the tests in ${dir} fails`));
  await changed(
    'sources/typeform.test.yaml',
    'email: ida@alpha.example\n      messageId',
    'email: eda@alpha.example\n      messageId',
  );
  expect(await deploy()).toEqual(refused(`2 of the tests in ${dir} fail`));
});

test('rules that are broken are told at their lines, and nobody is asked', async () => {
  await changed('bands.yaml', 'qualified: {', 'qualifed: {');
  const { code, err } = await deploy();
  expect(code).toBe(1);
  expect(err).toMatch(/bands\.yaml:\d+:\d+ {2}/);
  expect(err).toMatch(/kindling: the rules in .* have (a problem|\d+ problems)\n$/);
});

test('rules that are fine are for a product that answers', async () => {
  expect((await deploy()).err).toBe(
    'kindling: nothing answers at http://127.0.0.1:9; is the product running?\n',
  );
});

test.each([
  [['--mute', '--cap-mails', '3'], '--mute starts nothing: leave out --cap-handoffs and --cap-mails'],
  [['--cap-handoffs', '-1'], '"-1" is no limit; give a whole number up to 10000'],
  [['--cap-mails', '10001'], '"10001" is no limit; give a whole number up to 10000'],
  [['--plan', 'no-such-plan.json'], 'there is no file no-such-plan.json'],
  [['--plan', 'package.json'], 'package.json is no plan: make one with kindling plan --format json'],
  [['--stack', 'Kindling'], 'give one of --url, --data and --stack'],
])('a slip is one line: %j', async (more, line) => {
  expect(await deploy(...more)).toEqual({ code: 1, out: '', err: `kindling: ${line}\n` });
});
