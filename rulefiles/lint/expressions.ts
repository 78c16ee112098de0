import { type ScoreFile } from '../../core/schema/score.ts';
import { type Warn } from './warn.ts';

/** What people write who think of regular expressions, and what hardly stands in a name, a path or a title. */
const SYNTAX = [
  /^\/?\^/u, // begins here
  /\$(\/[a-z]*)?$/u, // ends here
  /\.[*+]/u, // anything
  /\\[bdsw./]/iu, // a digit, a dot
  /\S\|\S/u, // one or the other
  /\[[^\]]*\w-\w[^\]]*\]/u, // a range of characters
];

const MESSAGE =
  'there are no regular expressions: this text is compared as it is, but for `*`, which is any run of characters; several texts are a list';

/** Warns of matchers that look like regular expressions: they are texts, and hardly ever match. */
export function regularExpressions({ rules }: ScoreFile, warn: Warn): void {
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'string') {
      if (SYNTAX.some((syntax) => syntax.test(value))) warn([...path], MESSAGE);
    } else if (Array.isArray(value)) value.forEach((member, n) => walk(member, [...path, n]));
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  for (const [rule, { when, points_by }] of Object.entries(rules)) {
    walk(when, ['rules', rule, 'when']);
    for (const [key, table] of Object.entries(points_by ?? {}))
      walk(Array.isArray(table) ? table.map(([line]) => line) : Object.keys(table), [
        'rules',
        rule,
        'points_by',
        key,
      ]);
  }
}
