import type { Changed, Difference, Thing } from './difference.ts';

/** How far a difference reaches into scores: into none, into what some rules give, or into everything. */
export type Reach =
  { readonly kind: 'none' | 'all' } | { readonly kind: 'rules'; readonly rules: ReadonlySet<string> };

/** What people read, and no score depends on. */
const WORDS = new Set(['why', 'about', 'owner', 'review_by', 'name']);
/** What never enters a score. */
const NURTURE: readonly Thing['kind'][] = ['journey', 'email', 'handoff', 'source'];
const MAIL_SETTINGS = /^(sender|quiet_hours)\b/;
/** How people are added up, once each has a score. */
const SUMS = /^(rollup|bands|qualified)\b/;

const matters = ({ kind, changes }: Changed): boolean =>
  changes.some(({ field }) => {
    if (WORDS.has(field)) return false;
    if (kind === 'settings') return !MAIL_SETTINGS.test(field);
    return kind !== 'accounts' || !SUMS.test(field);
  });

export function reachOf({ added, changed, removed }: Difference): Reach {
  const things = [...added, ...removed, ...changed.filter(matters)].filter(
    ({ kind }) => !NURTURE.includes(kind),
  );
  if (things.length === 0) return { kind: 'none' };
  if (things.some(({ kind }) => kind !== 'rule')) return { kind: 'all' };
  return { kind: 'rules', rules: new Set(things.map(({ name }) => name)) };
}
