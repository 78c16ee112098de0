import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueText } from '../core/issue.ts';
import type { BundleSizes } from './bundle.ts';
import { cached } from './cached.ts';
import { digest } from './digest.ts';
import { locked } from './lock.ts';
import { settle } from './settle.ts';

const ROOT = join(import.meta.dirname, '..');

export interface BuildProps {
  /** The rules folder. */
  readonly rules: string;
  /** Gets the template, the manifest of the assets, and the assets. */
  readonly out: string;
  /** Gets what is built on the way, and keeps it for the next time. */
  readonly folder: string;
  /** Holds the template against what CloudFormation takes. */
  readonly validate: boolean;
  /** Holds it against the AwsSolutions rules, too. */
  readonly nag: boolean;
  /** Hears of each step that is not skipped. */
  readonly say: (line: string) => void;
}

/** What deploys, as files. */
export interface Built {
  /** Path of the CloudFormation template. */
  readonly template: string;
  /** Path of the manifest of its assets. */
  readonly assets: string;
  /** Bytes of each function's bundle. */
  readonly sizes: BundleSizes;
}

/** The rules cannot be built: what is wrong with them, a line each. */
export class WrongRules extends Error {
  override readonly name = 'WrongRules';
}

const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
const told = (sizes: BundleSizes): string =>
  Object.entries(sizes)
    .map(([name, bytes]) => `${name} ${kB(bytes)}`)
    .join(', ');

/** All of them, each to its end: a build that failed leaves nothing running behind. */
const together = async <T extends readonly unknown[]>(work: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};

/** Each of these is imported when it is needed: a build with nothing to do loads none of them. */
const functions = async ({ folder, say }: BuildProps): Promise<BundleSizes> => {
  const out = join(folder, 'functions');
  const inputs = await digest(
    ROOT,
    ['core', 'functions', 'infra/bundle.ts', 'infra/packed-list.ts', 'package-lock.json'],
    [process.version],
  );
  return cached(out, inputs, async () => {
    say('Bundling the functions');
    const { bundleFunctions } = await import('./bundle.ts');
    const sizes = await bundleFunctions(ROOT, out);
    say(`Bundled ${told(sizes)}`);
    return sizes;
  });
};

const site = async ({ folder, say }: BuildProps): Promise<void> => {
  const out = join(folder, 'console');
  const inputs = await digest(
    ROOT,
    ['core', 'web', 'infra/console.ts', 'package-lock.json'],
    [process.version],
  );
  await cached(out, inputs, async () => {
    say('Building the console');
    const { buildConsole } = await import('./console.ts');
    await buildConsole(ROOT, out);
  });
};

const readRules = async (rules: string) => {
  const { loadRules } = await import('../rulefiles/load.ts');
  const loaded = await loadRules(rules);
  if (loaded.ok) return loaded.value;
  const lines = loaded.issues.map(
    (issue) => `${join(rules, issue.file)}:${issue.line}:${issue.column}  ${issueText(issue)}`,
  );
  throw new WrongRules(lines.join('\n'));
};

/** What the synthesized template depends on beside the files: the CDK's command hands some of it to its app. */
const surroundings = ({ rules, validate, nag }: BuildProps): string[] => [
  process.version,
  rules,
  String(validate),
  String(nag),
  process.env['CDK_CONTEXT_JSON'] ?? '',
];

const make = async (props: BuildProps): Promise<BundleSizes> => {
  const { rules, out, folder, validate, nag, say } = props;
  const [sizes, , { hash: _hash, ...ruleset }, { synthesize }] = await together([
    functions(props),
    site(props),
    readRules(rules),
    import('./synth.ts'),
  ]);
  say('Synthesizing');
  const bundles = join(folder, 'functions');
  await writeFile(join(bundles, 'publish', 'ruleset.json'), JSON.stringify(ruleset));
  await settle(out, (next) =>
    synthesize({ ruleset, bundles, console: join(folder, 'console'), out: next, validate, nag }),
  );
  return sizes;
};

/** Builds and synthesizes all that has changed since the last time; nothing of it needs a network. */
export const build = (props: BuildProps): Promise<Built> =>
  locked(join(props.folder, '.lock'), async () => {
    const inputs = [
      await digest(ROOT, ['core', 'functions', 'infra', 'rulefiles', 'web', 'package-lock.json']),
      await digest(props.rules, ['']),
      ...surroundings(props),
    ].join(' ');
    const sizes = await cached(props.out, inputs, () => make(props));
    return {
      template: join(props.out, 'Kindling.template.json'),
      assets: join(props.out, 'Kindling.assets.json'),
      sizes,
    };
  });
