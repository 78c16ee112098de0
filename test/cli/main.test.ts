import { expect, test } from 'vitest';

import { run } from './run.ts';

test.each<[string[], string]>([
  [['chek'], 'kindling: there is no command "chek"; did you mean "check"?\n'],
  [['constructor'], 'kindling: there is no command "constructor"\n'],
  [['check', '--ruels', 'x'], 'kindling: there is no option --ruels; did you mean "--rules"?\n'],
  [['check', '-r', 'x'], 'kindling: there is no option -r\n'],
  [['check', '--rules'], 'kindling: --rules needs a value\n'],
  [['check', 'rules'], 'kindling: "rules" is one argument too many\n'],
  [
    ['start', '--port', '70000'],
    'kindling: "70000" is no port; give a number from 0 (any free one) to 65535\n',
  ],
  [
    ['start', '--virtual-clock', 'now'],
    'kindling: "now" is no instant; write it as 2026-03-01 or 2026-03-01T08:00:00Z\n',
  ],
  [
    ['start', '--dynamodb', 'localhost'],
    'kindling: "localhost" is no address; write it as http://127.0.0.1:8000\n',
  ],
  [
    ['explain', 'ada', '--url', 'http://127.0.0.1:1'],
    'kindling: nothing answers at http://127.0.0.1:1; is the product running?\n',
  ],
])('a slip is one line: %j', async (argv, line) => {
  expect(await run(argv)).toEqual({ code: 1, out: '', err: line });
});

test('without a command it says which there are', async () => {
  const { code, out } = await run([]);
  expect(code).toBe(1);
  for (const command of ['start', 'check', 'score', 'explain']) expect(out).toContain(command);
  expect((await run(['--help'])).code).toBe(0);
});

test('each command tells its options', async () => {
  const { code, out } = await run(['start', '--help']);
  expect(code).toBe(0);
  for (const option of ['port', 'data', 'rules', 'no-demo', 'fresh', 'virtual-clock', 'dynamodb', 'json'])
    expect(out).toContain(`--${option}`);
});
