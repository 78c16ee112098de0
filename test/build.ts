import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

/** What deploys, as files: what the local runtime reads, too. */
export interface Assembly {
  /** Path of the CloudFormation template. */
  readonly template: string;
  /** Path of the manifest of its assets. */
  readonly manifest: string;
}

const synthesize = async (rules: string, out: string): Promise<Assembly> => {
  await promisify(execFile)(process.execPath, ['--no-warnings', 'infra/app.ts'], {
    cwd: ROOT,
    env: { ...process.env, KINDLING_RULES: rules, CDK_OUTDIR: out, NODE_OPTIONS: '' },
  });
  return { template: join(out, 'Kindling.template.json'), manifest: join(out, 'Kindling.assets.json') };
};

const built = new Map<string, Promise<Assembly>>();

/**
 * The synthesized product, built if anything in it has changed since the last build (0.2 s if not).
 * @param rules a rules folder. @default the one of this repository
 */
export const assembly = (
  rules = join(ROOT, 'rules'),
  out = join(ROOT, 'build', 'cdk.out'),
): Promise<Assembly> => {
  const known = built.get(out) ?? synthesize(rules, out);
  built.set(out, known);
  return known;
};

/**
 * Builds before the first test of a whole run, so that no test's time limit pays for it. A build that fails is told
 * by every test that asks for it; those that need none still run.
 */
export default async function setup(): Promise<void> {
  const whole = process.argv.slice(2).every((argument) => argument === 'run' || argument.startsWith('-'));
  if (whole)
    await assembly().catch((error: Error) => process.stderr.write(`The build fails.\n${error.message}\n`));
}
