import { howMany, howManyBefore, type Travellers } from '../nurture/position.ts';
import { journeyReferences } from '../nurture/references.ts';
import { removedSteps } from '../nurture/removed-steps.ts';
import { stepInWords } from '../nurture/graph.ts';
import type { Ruleset } from '../ruleset.ts';
import type { CheckIssue } from './issues.ts';

/** What of a ruleset leads on their way through journeys depend on. */
export type Depended = Pick<Ruleset, 'journeys' | 'emails' | 'handoff'>;

/** Who is on the way, by journey and version; null: not known, and then there may be some everywhere. */
export type OnTheWay = Readonly<Record<string, readonly Travellers[]>> | null;

/** How many leads are on the way through a journey; null: not known. */
const leadsOn = (onTheWay: OnTheWay, name: string): number | null =>
  onTheWay === null ? null : (onTheWay[name] ?? []).reduce((sum, travellers) => sum + howMany(travellers), 0);

const someOf = (leads: number | null): string =>
  leads === null ? 'leads may be' : leads === 1 ? '1 lead is' : `${leads} leads are`;

/**
 * What a change of rules takes away from leads that are on their way: a journey is retired before it is removed, and what
 * its steps send or tell stays until the last lead is through.
 * @param before the rules that are live @param after the rules as they will be
 */
export function journeyChanges(before: Depended, after: Depended, onTheWay: OnTheWay): readonly CheckIssue[] {
  const issues: CheckIssue[] = [];
  const say = (file: string, message: string): number => issues.push({ file, path: [], message });
  for (const [name, journey] of Object.entries(before.journeys)) {
    const leads = leadsOn(onTheWay, name);
    if (leads === 0) continue;
    const file = `journeys/${name}.yaml`;
    const some = someOf(leads);
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

/** How somebody says that it is meant so. */
export const LET_FINISH = '--let-finish';

/**
 * The steps that a change takes out of journeys while leads are before them, or at them. Those leads finish the version
 * that they started, steps that are gone included, which is easily not what is wanted: a mail is taken out because
 * nobody shall get it any more. So it has to be said.
 * @param before the rules that are live @param after the rules as they will be
 * @param letFinish it was said that it is meant so
 */
export function stepChanges(
  before: Depended,
  after: Depended,
  onTheWay: OnTheWay,
  letFinish = false,
): readonly CheckIssue[] {
  const mend = letFinish
    ? 'they finish as they began, with that step'
    : 'keep it until they are through; or copy the journey under a new name without it, and set `retired: true` in this one; ' +
      `or let them finish as they began, with that step, by \`${LET_FINISH}\``;
  return Object.entries(after.journeys).flatMap(([name, next]) => {
    const live = before.journeys[name];
    if (live === undefined) return [];
    const versions = onTheWay === null ? [{ version: null, journey: live }] : (onTheWay[name] ?? []);
    return versions.flatMap((travellers) => {
      const { journey, version } = travellers;
      // What was removed before this change was said to be meant then.
      const known = new Set(removedSteps(journey, live).map(({ id }) => id));
      const removed = removedSteps(journey, next).filter(({ id }) => !known.has(id));
      return removed.flatMap(({ id, step }): CheckIssue[] => {
        const leads = 'at' in travellers ? howManyBefore(travellers, id) : null;
        if (leads === 0) return [];
        const whose = version === null ? '' : ` of version ${version}`;
        return [
          {
            file: `journeys/${name}.yaml`,
            path: ['steps'],
            message:
              `step ${id} of \`${name}\` (${stepInWords(step)}) is removed, ` +
              `and ${someOf(leads)} before it or at it${whose}: ${mend}`,
          },
        ];
      });
    });
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
