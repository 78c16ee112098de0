import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ruleset } from '../../core/ruleset.ts';
import { synthesize } from '../../infra/synth.ts';

const FUNCTIONS = [
  'ingest',
  'score',
  'degrade',
  'start',
  'look',
  'rescore',
  'act',
  'send',
  'handoff',
  'morning',
  'notify',
  'webhook',
  'hooks',
  'answer',
  'api',
  'erase',
  'preferences',
  'publish',
  'accounts',
];

const folders: string[] = [];

/** Removes what was synthesized; the assets take some megabytes each time. */
export const removeStubs = async (): Promise<void> => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
};

/** As few rules as make every kind of resource. */
export const RULES: Ruleset = {
  settings: { sender: { email: 'hello@mail.example.com' } },
  scores: {},
  bands: { bands: { cold: 0, warm: 20 } },
  accounts: { account: { rollup: { all: { sum: 'total' } } } },
  journeys: {
    'first-steps': {
      journey: 'first-steps',
      start: { band: 'warm' },
      steps: [{ wait: '1d' }, { send: 'hello' }],
    },
  },
  emails: { hello: { subject: 'Hello', html: '<p>Hello</p>', text: 'Hello' } },
};

/** Synthesizes the stack around bundles that do nothing, in a folder of its own. */
export const synthesizeStub = async (
  ruleset: Ruleset = RULES,
  checks = { validate: false, nag: false },
): Promise<{ template: string; manifest: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindling-infra-'));
  folders.push(folder);
  const [bundles, console, out] = [join(folder, 'functions'), join(folder, 'console'), join(folder, 'out')];
  for (const name of FUNCTIONS) {
    await mkdir(join(bundles, name), { recursive: true });
    await writeFile(join(bundles, name, 'index.mjs'), `export const handler = () => '${name}';`);
  }
  await mkdir(console);
  await writeFile(join(console, 'index.html'), '<!doctype html>');
  await synthesize({ ruleset, bundles, console, out, ...checks });
  return { template: join(out, 'Kindling.template.json'), manifest: join(out, 'Kindling.assets.json') };
};
