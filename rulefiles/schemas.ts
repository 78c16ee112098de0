import { z } from 'zod';

import { Accounts } from '../core/schema/accounts.ts';
import { Bands } from '../core/schema/bands.ts';
import { Handoff } from '../core/schema/handoff.ts';
import { Journey } from '../core/schema/journey.ts';
import { ScoreFile } from '../core/schema/score.ts';
import { Source as SourceRules, SourceTests } from '../core/schema/source.ts';
import { Settings } from '../core/schema/settings.ts';
import { type RuleFile } from './folder.ts';
import { TestFile } from './test-file.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What editors know of each kind of YAML file, and what they call it. */
const KINDS: Partial<Record<RuleFile['kind'], readonly [title: string, z.ZodType]>> = {
  score: ['A score: what earns points', ScoreFile],
  bands: ['What points lead to', Bands],
  settings: ['Settings', Settings],
  accounts: ['How people add up to a company', Accounts],
  journey: ['A journey: which mails follow', Journey],
  handoff: ['Who gets a qualified lead', Handoff],
  source: ['A source: webhooks of another product', SourceRules],
  'source-test': ['Tests of a source', SourceTests],
  test: ['Tests of the rules beside it', TestFile],
};

export const SCHEMA_FOLDER = '.schema';
export const schemaFile = (kind: string): string => `${kind}.schema.json`;

/** A JSON Schema (draft 7, which editors know best) for each kind of file, made of what `check` itself goes by. */
export function jsonSchemas(): { readonly kind: RuleFile['kind']; readonly schema: object }[] {
  return Object.entries(KINDS).map(([kind, [title, type]]) => {
    const { $schema, ...rest } = z.toJSONSchema(type, {
      target: 'draft-7',
      io: 'input',
      unrepresentable: 'any',
      reused: 'ref',
    });
    return { kind: kind as RuleFile['kind'], schema: authored({ $schema, title, ...rest }) as object };
  });
}

/** Without the forms that a checked ruleset has and nobody writes, and without patterns that half of the editors misread. */
function authored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(authored);
  if (typeof value !== 'object' || value === null) return value;
  const { anyOf, ...others } = value as JsonSchema;
  const rest = Object.fromEntries(
    Object.entries(others)
      .filter(([key, inner]) => !(key === 'pattern' && typeof inner === 'string' && inner.includes('\\p{')))
      .map(([key, inner]) => [key, authored(inner)]),
  );
  if (!anyOf) return rest;
  const left = anyOf.filter((one) => (one as { internal?: boolean }).internal !== true).map(authored);
  return left.length === 1 ? { ...(left[0] as object), ...rest } : { ...rest, anyOf: left };
}

const MODELINE = /^# yaml-language-server:.*\n/;

/** A file's text with the line that tells editors its schema. @param schema address, relative to the file */
export const withModeline = (text: string, schema: string): string =>
  `# yaml-language-server: $schema=${schema}\n${text.replace(MODELINE, '')}`;
