import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { packedLists } from './packed-list.ts';

/** Bytes of each function's bundle, by its name. */
export type BundleSizes = Readonly<Record<string, number>>;

/** A CommonJS package that asks for a module of Node cannot do so in an ES module without this. */
const REQUIRE = `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`;
const asksForModules = (code: string): boolean => code.includes('Dynamic require of');

/** The files of a folder that are functions: those that export a `handler`. */
export const functionEntries = async (folder: string): Promise<string[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return files
    .filter((_, index) => /^export const handler\b/m.test(sources[index] ?? ''))
    .map((name) => join(folder, name));
};

/**
 * Bundles every function by one call of esbuild, each into `<out>/<name>/index.mjs`.
 * The same sources give the same bytes, so that an asset's hash changes only with what it does.
 */
export const bundleFunctions = async (root: string, out: string): Promise<BundleSizes> => {
  const entries = await functionEntries(join(root, 'functions'));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: entry, out: join(basename(entry, '.ts'), 'index') })),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    // As tsconfig.json stands, a module imported for its types alone would be kept for what it does when it loads:
    // the schemas of rules came with all of zod, and made each bundle twice as large.
    tsconfigRaw: {},
    plugins: [packedLists],
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const kept = new Set(entries.map((entry) => basename(entry, '.ts')));
  const stale = (await readdir(out, { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() && !kept.has(entry.name),
  );
  await Promise.all(stale.map((entry) => rm(join(out, entry.name), { recursive: true })));
  const sizes: Record<string, number> = {};
  for (const file of outputFiles) {
    const code = asksForModules(file.text) ? REQUIRE + file.text : file.text;
    await mkdir(dirname(file.path), { recursive: true });
    await writeFile(file.path, code);
    sizes[basename(dirname(file.path))] = Buffer.byteLength(code);
  }
  return sizes;
};
