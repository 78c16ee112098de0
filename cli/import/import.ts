import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { defineCommand } from 'citty';
import { z } from 'zod';

import { nearest } from '../../core/nearest.ts';
import { loadRules } from '../../rulefiles/load.ts';
import { type Io, Refusal } from '../io.ts';
import { issueLine } from '../rules.ts';
import { type DraftScore, type Imported, written } from './draft.ts';
import { fromHubSpot, HubSpotScore } from './hubspot.ts';
import { fromMautic, MauticPoints } from './mautic.ts';

interface Product {
  readonly name: string;
  readonly drafts: (input: unknown) => DraftScore[];
}

const PRODUCTS: Readonly<Record<string, Product>> = {
  hubspot: { name: 'HubSpot', drafts: (input) => fromHubSpot(parsed(HubSpotScore, input)) },
  mautic: { name: 'Mautic', drafts: (input) => fromMautic(parsed(MauticPoints, input)) },
};

export const importRules = defineCommand({
  meta: { name: 'import', description: "Write rules files from another product's scoring" },
  args: {
    from: { type: 'positional', required: true, description: Object.keys(PRODUCTS).join(' or ') },
    file: { type: 'positional', required: true, description: 'What its API answers, as JSON' },
    into: {
      type: 'string',
      default: 'imported-rules',
      valueHint: 'DIR',
      description: 'A new folder for the rules',
    },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const { from, file, into } = args;
    const product = Object.hasOwn(PRODUCTS, from) ? PRODUCTS[from] : undefined;
    if (!product) {
      const meant = nearest(from, Object.keys(PRODUCTS));
      throw new Refusal(
        `nothing is known of "${from}"${meant === undefined ? `; there are ${Object.keys(PRODUCTS).join(', ')}` : `; did you mean "${meant}"?`}`,
      );
    }
    if (existsSync(into) && readdirSync(into).length > 0)
      throw new Refusal(`${into} holds files already; name a new folder with --into`);
    const imported = written(product.drafts(await readJson(file)), product.name);
    await write(into, imported, io);
    const { carried, left } = imported;
    io.out(
      `${into}: ${carried} ${carried === 1 ? 'rule' : 'rules'} of ${product.name}` +
        `${left === 0 ? '' : `; ${left} could not be carried over, and ${left === 1 ? 'is' : 'are'} there as comments`}\n` +
        `Next: kindling check --rules ${into}\n`,
    );
    return 0;
  },
});

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Refusal(
      missing ? `there is no file ${file}` : `${file} is not JSON: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Refusal(
    `this is not what the product's API answers: ${z.prettifyError(result.error).replaceAll('\n', '; ')}`,
  );
}

async function write(into: string, { files }: Imported, io: Io): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(into, name)), { recursive: true });
    await writeFile(join(into, name), text);
  }
  // What came in may say something that no rule here can: then the folder says where.
  const loaded = await loadRules(into);
  if (loaded.ok) return;
  for (const issue of loaded.issues) io.err(issueLine(io, into, issue, 'error'));
  throw new Refusal(`the rules are in ${into}, and do not pass: mend the lines above`);
}
