import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { readFolder } from '../../rulefiles/folder.ts';
import { jsonSchemas, withModeline } from '../../rulefiles/schemas.ts';
import { readYaml } from '../../rulefiles/source.ts';
import { exampleFolders, schemaFiles } from '../../rulefiles/write-schemas.ts';

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'rules');
const FOLDERS = [RULES, ...exampleFolders(join(ROOT, 'examples'))];

const schemas = new Map(jsonSchemas().map(({ kind, schema }) => [kind, schema]));
const validator = (kind: string): z.ZodType => {
  const schema = [...schemas].find(([name]) => name === kind)?.[1];
  if (!schema) throw new Error(`no schema of ${kind}`);
  return z.fromJSONSchema(schema as never);
};

/** As JSON has it: mappings are objects, whatever their keys look like. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}
const read = (text: string): unknown => plain(readYaml('', text).source.value);

test('there is a schema for each kind of YAML file, and one for tests', () => {
  expect([...schemas.keys()].sort()).toEqual([
    'accounts',
    'bands',
    'handoff',
    'journey',
    'score',
    'settings',
    'source',
    'source-test',
    'test',
  ]);
});

test('schemas and modelines are what `npm run schemas` writes', () => {
  for (const { file, text } of schemaFiles(RULES, FOLDERS))
    expect(readFileSync(file, 'utf8'), file).toBe(text);
});

test('every shipped file is right by its schema', () => {
  const checked = FOLDERS.flatMap((dir) =>
    readFolder(dir)
      .files.filter(({ kind }) => kind !== 'email' && kind !== 'partial')
      .map(({ kind, file, text }) => {
        const { error } = validator(kind).safeParse(read(text));
        return { file: join(dir, file), problems: error?.issues ?? [] };
      }),
  );
  expect(checked.filter(({ problems }) => problems.length > 0)).toEqual([]);
  expect(checked.length).toBeGreaterThan(60);
});

test('every key of every schema is explained in words', () => {
  type Node = { [key: string]: unknown; description?: string; $ref?: string };
  const silent: string[] = [];
  for (const [kind, schema] of schemas) {
    const { definitions = {} } = schema as { definitions?: Record<string, Node> };
    const says = ({ description, $ref }: Node): boolean =>
      description !== undefined ||
      ($ref !== undefined && says(definitions[$ref.replace('#/definitions/', '')] ?? {}));
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, property] of Object.entries((node as Node)['properties'] ?? {}))
        if (!says(property as Node)) silent.push(`${kind}${path}.${key}`);
      for (const [key, inner] of Object.entries(node)) walk(inner, `${path}.${key}`);
    };
    walk(schema, '');
  }
  expect(silent).toEqual([]);
});

describe('a schema tells what is wrong while it is typed', () => {
  test.each([
    ['an unknown key', 'score', 'score: fit\nrules:\n  a: { why: w, wen: { event: x }, points: 1 }\n'],
    ['a rule without why', 'score', 'score: fit\nrules:\n  a: { when: { event: x }, points: 1 }\n'],
    [
      'a malformed duration',
      'score',
      'score: fit\nrules:\n  a: { why: w, when: { event: x }, points: 1, within: 3 days }\n',
    ],
    [
      'points that are a text',
      'score',
      'score: fit\nrules:\n  a: { why: w, when: { event: x }, points: many }\n',
    ],
    ['a list of pairs, which only a checked ruleset has', 'bands', 'bands: { cold: 0 }\ngroups: [[a, {}]]\n'],
    ['a step that is none', 'journey', 'journey: a\nstart: { band: warm }\nsteps: [{ sned: x }]\n'],
    ['a test without expectations', 'test', '- name: x\n'],
    ['a time of day that no clock shows', 'settings', 'quiet_hours: { from: "20:00", to: "24:00" }\n'],
    ['consent that may be', 'settings', 'consent: maybe\n'],
  ])('%s', (_, kind, text) => {
    expect(validator(kind).safeParse(read(text)).success).toBe(false);
  });
});

type Node = { description?: unknown; $ref?: string; properties?: Record<string, Node> };

/** Every property of a schema, with its description, which may stand in a definition. */
function properties(
  schema: unknown,
  definitions: Readonly<Record<string, Node>>,
): { key: string; description: unknown }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties: own = {}, ...rest } = schema as Node;
  const defined = ($ref = ''): unknown => definitions[$ref.replace('#/definitions/', '')]?.description;
  return [
    ...Object.entries(own).flatMap(([key, value]) => [
      { key, description: value.description ?? defined(value.$ref) },
      ...properties(value, definitions),
    ]),
    ...Object.values(rest).flatMap((inner) => properties(inner, definitions)),
  ];
}

test.each([...schemas.keys()])('every key of %s is explained', (kind) => {
  const schema = schemas.get(kind) as { definitions?: Record<string, Node> };
  const all = properties(schema, schema.definitions ?? {});
  expect(all.length).toBeGreaterThan(3);
  expect(all.filter(({ description }) => description === undefined)).toEqual([]);
});

test('a modeline takes the place of another one', () => {
  const first = withModeline('bands: { cold: 0 }\n', '.schema/bands.schema.json');
  expect(first).toBe('# yaml-language-server: $schema=.schema/bands.schema.json\nbands: { cold: 0 }\n');
  expect(withModeline(first, 'b.json')).toBe('# yaml-language-server: $schema=b.json\nbands: { cold: 0 }\n');
});
