/**
 * Builds and synthesizes the product: `npm run synth`, the app of `npx cdk`, and what `kindling start` runs first.
 *
 * KINDLING_RULES  the rules folder             ./rules
 * KINDLING_BUILD  keeps what is built          ./build
 * CDK_OUTDIR      gets template and assets     ./build/cdk.out
 * KINDLING_NAG    1 checks it by cdk-nag, too
 */
import { join, resolve } from 'node:path';
import { build, WrongRules } from './build.ts';

const {
  KINDLING_RULES = 'rules',
  KINDLING_BUILD = 'build',
  CDK_OUTDIR,
  KINDLING_NAG,
  CDK_CLI_VERSION,
} = process.env;
const folder = resolve(KINDLING_BUILD);
const nag = KINDLING_NAG === '1';
/** Not on stdout: `cdk synth` prints the template there. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const begun = performance.now();

try {
  const { template } = await build({
    rules: resolve(KINDLING_RULES),
    out: resolve(CDK_OUTDIR ?? join(folder, 'cdk.out')),
    folder,
    validate: nag || CDK_CLI_VERSION !== undefined,
    nag,
    say,
  });
  say(`${template} is up to date, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
} catch (error) {
  // What the bundlers tell names file and line of the source; their own stack says nothing more.
  const { stack, message, errors } = error as Error & { errors?: unknown };
  say(
    error instanceof WrongRules ? `Error in the rules\n${error.message}` : errors ? message : String(stack),
  );
  process.exitCode = 1;
}
