import { journeyReferences } from '../nurture/references.ts';
import type { Ruleset } from '../ruleset.ts';
import type { CheckIssue } from './issues.ts';

/** What of a ruleset leads on their way through journeys depend on. */
export type Depended = Pick<Ruleset, 'journeys' | 'emails' | 'handoff'>;

/** How many leads are on their way, by journey; null: not known, and then there may be some in every one. */
export type OnTheWay = Readonly<Record<string, number>> | null;

/**
 * What a change of rules takes away from leads that are on their way. They finish the version that they started, so
 * that steps may come, go and change; but a journey is retired before it is removed, and what its steps send or tell
 * stays until the last lead is through.
 * @param before the rules that are live @param after the rules as they will be
 */
export function journeyChanges(before: Depended, after: Depended, onTheWay: OnTheWay): readonly CheckIssue[] {
  const issues: CheckIssue[] = [];
  const say = (file: string, message: string): number => issues.push({ file, path: [], message });
  for (const [name, journey] of Object.entries(before.journeys)) {
    const leads = onTheWay === null ? null : (onTheWay[name] ?? 0);
    if (leads === 0) continue;
    const file = `journeys/${name}.yaml`;
    const some = leads === null ? 'leads may be' : leads === 1 ? '1 lead is' : `${leads} leads are`;
    const isGone = !Object.hasOwn(after.journeys, name);
    if (isGone && journey.retired !== true)
      say(file, `\`${name}\` is removed, and ${some} on the way through it: set \`retired: true\` first`);
    else if (isGone && leads !== null)
      say(file, `\`${name}\` is removed, and ${some} on the way through it still`);
    // A retired journey that is taken out where nobody can be counted is taken to be over.
    if (isGone && leads === null) continue;
    for (const { kind, name: what } of journeyReferences(journey)) {
      const where = TAKEN[kind]?.(what, after);
      if (where === undefined || TAKEN[kind]?.(what, before) !== undefined) continue;
      say(
        where,
        `\`${what}\` is removed, and ${some} on the way to a step of \`${name}\` that needs it: keep it until they are through`,
      );
    }
  }
  const seen = new Set<string>();
  return issues.filter(({ file, message }) => {
    const text = `${file}\n${message}`;
    return !seen.has(text) && seen.add(text);
  });
}

/** The file where something would stand that is not there; undefined where it is. */
type Missing = (name: string, rules: Depended) => string | undefined;

const TAKEN: Readonly<Record<string, Missing>> = {
  email: (name, { emails }) => (Object.hasOwn(emails, name) ? undefined : `emails/${name}.mjml`),
  team: (name, { handoff }) => (handoff?.teams?.[name] === undefined ? 'handoff.yaml' : undefined),
  webhook: (name, { handoff }) =>
    handoff?.channels?.webhook?.includes(name) === true ? undefined : 'handoff.yaml',
};
