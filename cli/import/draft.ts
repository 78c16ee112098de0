import { stringify } from 'yaml';

import { type Limit } from '../../core/schema/scalar.ts';
import { type Rule } from '../../core/schema/score.ts';

/** A rule as another product has it, in our words; or only the words, where it has no equal here. */
export interface DraftRule {
  /** As people call it there. */
  readonly title: string;
  /** Null: only the notes are written. */
  readonly rule: Omit<Rule, 'why'> | null;
  /** What could not be carried over, a sentence each. */
  readonly notes: readonly string[];
}

/** A score file in the making. */
export interface DraftScore {
  readonly score: string;
  readonly about: string;
  readonly limit?: Limit;
  readonly groups: Readonly<Record<string, Limit>>;
  readonly rules: readonly DraftRule[];
  readonly notes: readonly string[];
}

/** What an import made: files of a rules folder, by name, and how much of it there was. */
export interface Imported {
  readonly files: Readonly<Record<string, string>>;
  readonly carried: number;
  readonly left: number;
}

/** @example slug('Opens “Spring” mail!') // 'opens-spring-mail' */
export const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'rule';

const commented = (lines: readonly string[], indent: string): string =>
  lines
    .flatMap((line) => line.split(/\r?\n/))
    .map((line) => `${indent}# ${line}`.trimEnd() + '\n')
    .join('');

const indented = (text: string, indent: string): string => text.replaceAll(/^(?=.)/gm, indent);

/** Writes scores and bands as a folder that `kindling check` takes. @param from the other product's name */
export function written(drafts: readonly DraftScore[], from: string): Imported {
  const used = new Set<string>();
  const named = (title: string): string => {
    const base = slug(title);
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? base : `${base}-${n}`;
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
  const files: Record<string, string> = {};
  let [carried, left] = [0, 0];
  for (const draft of drafts) {
    const rules = draft.rules.map(({ title, rule, notes }) => {
      if (rule) carried += 1;
      else left += 1;
      const body = rule
        ? indented(
            stringify({ [named(title)]: { why: `From ${from}: ${title}.`, ...rule } }, { lineWidth: 0 }),
            '  ',
          )
        : '';
      const told = rule ? notes : [`Not carried over: ${title}`, ...notes];
      return commented(told, '  ') + body;
    });
    const hasRules = draft.rules.some(({ rule }) => rule !== null);
    const head = { score: draft.score, about: draft.about, ...(draft.limit && { limit: draft.limit }) };
    const groups = Object.keys(draft.groups).length > 0 ? { groups: draft.groups } : {};
    files[`scores/${draft.score}.yaml`] =
      commented(draft.notes, '') +
      stringify({ ...head, ...groups }, { lineWidth: 0 }) +
      (hasRules ? 'rules:\n' : 'rules: {}\n') +
      rules.join('');
  }
  files['bands.yaml'] = bandsFile(drafts, from);
  return { files, carried, left };
}

/** Thresholds are not in what is imported: thirds of what can be reached, to begin with. */
function bandsFile(drafts: readonly DraftScore[], from: string): string {
  const most = drafts.reduce((sum, { limit }) => sum + (limit?.max ?? 100), 0) || 100;
  const [warm, hot] = [Math.max(1, Math.round(most / 3)), Math.max(2, Math.round((2 * most) / 3))];
  const sum = Object.fromEntries(drafts.map(({ score }) => [score, 1]));
  return (
    `# ${from} gives no bands with its rules: these are thirds of what can be reached. Choose your own, and try them\n` +
    '# with `kindling plan`.\n' +
    stringify(
      { total: { sum }, bands: { cold: 0, warm, hot }, qualified: { band: ['hot'] } },
      { lineWidth: 0 },
    )
  );
}
