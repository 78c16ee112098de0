import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import nodeModule, { createRequire, isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Context, type Module, SourceTextModule, SyntheticModule } from 'node:vm';

/** A module's text, read once, and what V8 made of it, made once: contexts share both. */
interface Source {
  readonly text: string;
  cachedData?: Buffer;
}
const sources = new Map<string, Source>();

const sourceOf = (file: string): Source => {
  const text = readFileSync(file, 'utf8');
  const key = `${file}#${createHash('sha256').update(text).digest('hex')}`;
  let source = sources.get(key);
  if (!source) sources.set(key, (source = { text }));
  return source;
};

const outer = createRequire(import.meta.url);
const plain = (specifier: string): string => specifier.replace(/^node:/, '');

/** Loads the ES modules of one function into its context. Besides its own files it may import Node's builtins; those
 *  in `own` (process, console) are the function's. */
export const createLoader = (context: Context, own: Readonly<Record<string, unknown>>) => {
  const loaded = new Map<string, Module>();

  const requireFrom =
    (file: string) =>
    (id: string): unknown => {
      if (Object.hasOwn(own, plain(id))) return own[plain(id)];
      if (isBuiltin(id)) return outer(id) as unknown;
      const path = resolve(dirname(file), id);
      if (/^\.\.?\//.test(id) && path.endsWith('.json'))
        return JSON.parse(readFileSync(path, 'utf8')) as unknown;
      throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' });
    };

  const builtin = (specifier: string): Module => {
    const name = plain(specifier);
    const value = (
      Object.hasOwn(own, name)
        ? own[name]
        : name === 'module'
          ? { ...nodeModule, createRequire: (from: string | URL) => requireFrom(fileOf(String(from))) }
          : outer(specifier)
    ) as Record<string, unknown>;
    // Keys first, values later: reading some builtins' properties only to list them prints warnings.
    const names: string[] = Object.keys(value).filter((key) => key !== 'default');
    return new SyntheticModule(
      ['default', ...names],
      function () {
        this.setExport('default', value);
        for (const key of names) this.setExport(key, value[key]);
      },
      { context, identifier: specifier },
    );
  };

  const fileOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

  const load = (file: string): Module => {
    const known = loaded.get(file);
    if (known) return known;
    const source = sourceOf(file);
    const module = new SourceTextModule(source.text, {
      context,
      identifier: file,
      ...(source.cachedData ? { cachedData: source.cachedData } : {}),
      initializeImportMeta: (meta) => {
        meta.url = pathToFileURL(file).href;
        meta.filename = file;
        meta.dirname = dirname(file);
      },
      importModuleDynamically: async (specifier) => {
        const target = find(specifier, file);
        await run(target);
        return target;
      },
    });
    source.cachedData ??= (module as SourceTextModule & { createCachedData(): Buffer }).createCachedData();
    loaded.set(file, module);
    return module;
  };

  const find = (specifier: string, from: string): Module => {
    if (isBuiltin(specifier)) {
      const key = `node:${plain(specifier)}`;
      const known = loaded.get(key) ?? builtin(specifier);
      loaded.set(key, known);
      return known;
    }
    if (/^\.\.?\/|^file:|^\//.test(specifier)) return load(resolve(dirname(from), fileOf(specifier)));
    throw Object.assign(new Error(`Cannot find package '${specifier}' imported from ${from}`), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
  };

  const run = async (module: Module): Promise<void> => {
    if (module.status === 'unlinked')
      await module.link((specifier, { identifier }) => find(specifier, identifier));
    await module.evaluate();
  };

  return async (file: string): Promise<Record<string, unknown>> => {
    const module = load(file);
    await run(module);
    return module.namespace as Record<string, unknown>;
  };
};
