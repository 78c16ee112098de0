import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { readFolder, type RuleFile } from './folder.ts';
import { jsonSchemas, SCHEMA_FOLDER, schemaFile, withModeline } from './schemas.ts';

/** What a file is to say; it may say it already. */
export interface Written {
  readonly file: string;
  readonly text: string;
}

/** The schemas, and every YAML file of rules folders with the line that names its schema. */
export function schemaFiles(rules: string, folders: readonly string[]): Written[] {
  const home = join(rules, SCHEMA_FOLDER);
  const schemas = jsonSchemas();
  const known = new Set(schemas.map(({ kind }) => kind));
  const modeline = (dir: string, { file, kind, text }: RuleFile): Written => {
    const path = join(dir, file);
    const schema = relative(dirname(path), join(home, schemaFile(kind)));
    return { file: path, text: withModeline(text, schema.split(sep).join('/')) };
  };
  return [
    ...schemas.map(({ kind, schema }) => ({
      file: join(home, schemaFile(kind)),
      text: `${JSON.stringify(schema, null, 2)}\n`,
    })),
    ...folders.flatMap((dir) =>
      readFolder(dir)
        .files.filter(({ kind }) => known.has(kind))
        .map((file) => modeline(dir, file)),
    ),
  ];
}

/** Every folder of example rules. */
export const exampleFolders = (examples: string): string[] =>
  readdirSync(examples, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === 'bands.yaml')
    .map(({ parentPath }) => parentPath)
    .sort();

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const rules = join(root, 'rules');
  const folders = [rules, ...exampleFolders(join(root, 'examples')), ...process.argv.slice(2)];
  for (const { file, text } of schemaFiles(rules, folders)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
