import { defineCommand } from 'citty';

import { fieldsOf } from '../core/impact/fields.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { RuleVersion } from '../core/publish/request.ts';
import { type Io, styled } from './io.ts';
import { BY_DATA, publisherOf, TARGET } from './publish/publisher.ts';

export const blame = defineCommand({
  meta: {
    name: 'blame',
    description: 'Say who changed what a rule gives, when, and what became of the bands',
  },
  args: {
    rule: { type: 'positional', required: true, description: 'The name of a rule' },
    ...TARGET,
    ...BY_DATA,
    json: { type: 'boolean', default: false, description: 'Print one JSON object a change' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const versions = await publisherOf(args).ask<readonly RuleVersion[]>({ op: 'rule', rule: args.rule });
    if (args.json) for (const version of versions) io.out(`${JSON.stringify(version)}\n`);
    else io.out(versions.map((version, n) => told(version, versions[n - 1]?.rule ?? null, io)).join('\n'));
    return 0;
  },
});

function told(version: RuleVersion, before: JsonObject | null, io: Io): string {
  const { at, epoch, hash, commit, by, origin, rule } = version;
  const published = `published by ${by ?? 'somebody'}${commit === null ? '' : ` from commit ${commit}`}`;
  const lines = [
    `${styled(io, 'bold', new Date(at).toISOString().slice(0, 16).replace('T', ' '))}  epoch ${epoch}, ruleset ${hash}, ${published}`,
    ...changes(before, rule).map((change) => `    ${change}`),
  ];
  if (origin?.commit && origin.author !== null)
    lines.push(
      `    ${origin.file}:${origin.line}, changed by ${origin.author} in ${origin.commit}${dated(origin.at)}`,
    );
  if (version.before !== null && version.after !== null) {
    const { before: was, after: is } = version;
    const bands = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    lines.push(
      `    leads: ${bands.map((band) => `${band} ${was[band] ?? 0} → ${is[band] ?? 0}`).join(', ')}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const dated = (at: number | null): string =>
  at === null ? '' : ` on ${new Date(at).toISOString().slice(0, 10)}`;

/** @example changes({ points: 10 }, { points: 15 }) // ['points: 10 → 15'] */
function changes(before: JsonObject | null, after: JsonObject | null): string[] {
  if (after === null) return ['gone'];
  const [was, is] = [before === null ? {} : fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name) => {
    const [from, to] = [was[name], is[name]].map(inWords);
    if (from === to) return [];
    if (before === null) return [`${name}: ${to}`];
    return [
      from === ''
        ? `${name}: ${to} is new`
        : to === ''
          ? `${name}: ${from} is gone`
          : `${name}: ${from} → ${to}`,
    ];
  });
}

const inWords = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
