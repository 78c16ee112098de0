import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

import { Refusal } from './io.ts';

/** Where the product's own files are, whatever folder the command is run from. */
export const ROOT = join(import.meta.dirname, '..');

/** The build refuses the rules; what is wrong with them is for `check` to tell. */
export class WrongRules extends Error {
  override readonly name = 'WrongRules';
}

/** What deploys, as files. */
export interface Assembly {
  /** Path of the CloudFormation template. */
  readonly template: string;
  /** Path of the manifest of its assets. */
  readonly manifest: string;
}

/**
 * Synthesizes the product with a rules folder, in a process of its own (it takes some hundred megabytes while it
 * runs); quick when nothing has changed since the last time.
 */
export async function build(rules: string, signal: AbortSignal): Promise<Assembly> {
  const own = join(ROOT, 'rules');
  // one folder for each rules folder: two products with different rules may run side by side
  const name =
    resolve(rules) === own
      ? 'cdk.out'
      : `cdk.${createHash('sha256').update(resolve(rules)).digest('hex').slice(0, 8)}.out`;
  const out = join(ROOT, 'build', name);
  const env = { ...process.env, KINDLING_RULES: resolve(rules), CDK_OUTDIR: out, NODE_OPTIONS: '' };
  await new Promise<void>((done, fail) => {
    execFile(
      process.execPath,
      ['--no-warnings', join('infra', 'app.ts')],
      { cwd: ROOT, env, signal, maxBuffer: 16 * 2 ** 20 },
      (error, _stdout, stderr) => {
        if (!error) return done();
        if (stderr.includes('Error in the rules')) return fail(new WrongRules('the rules are wrong'));
        const reason = firstError(stderr) ?? error.message;
        fail(new Refusal(`the build fails: ${reason.trim()}`, { cause: new Error(stderr) }));
      },
    );
  });
  return { template: join(out, 'Kindling.template.json'), manifest: join(out, 'Kindling.assets.json') };
}

/** The line that says what is wrong, not the one that says that something is. */
function firstError(output: string): string | undefined {
  const lines = output.split('\n');
  return lines.find((line) => line.includes('ERROR:')) ?? lines.find((line) => /error/i.test(line));
}
