import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition, StandsCondition } from '../schema/journey-condition.ts';
import type { JourneyStep } from '../schema/journey-step.ts';
import { branchesOf, goalsOf } from './parts.ts';

/** What a journey may name that stands elsewhere. */
export type ReferenceKind =
  'band' | 'group' | 'grade' | 'score' | 'account band' | 'email' | 'team' | 'webhook';

export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** Where in the file. */
  readonly path: readonly (string | number)[];
}

/**
 * Keys beside an `event` that are bands, groups or grades by their values: there they are properties of the event, which
 * is hardly what was meant.
 */
export const standingBesideEvents = (
  journey: Journey,
  known: Readonly<Partial<Record<ReferenceKind, readonly string[]>>>,
): readonly Reference[] => {
  const found: Reference[] = [];
  const look = (value: unknown, path: Reference['path']): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value) && 'event' in value)
      for (const kind of ['band', 'group', 'grade'] as const) {
        const names = [(value as Readonly<Record<string, unknown>>)[kind]].flat();
        const [name] = names;
        if (typeof name === 'string' && names.every((each) => known[kind]?.includes(String(each)) === true))
          found.push({ kind, name, path: [...path, kind] });
      }
    for (const [key, inner] of Object.entries(value))
      look(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  look(journey, []);
  return found;
};

/** All that a journey names, each with the place that names it, to be checked against what exists. */
export const journeyReferences = (journey: Journey): readonly Reference[] => {
  const found: Reference[] = [];
  const names = (
    kind: ReferenceKind,
    value: string | readonly string[] | undefined,
    path: Reference['path'],
  ): void => {
    if (typeof value === 'string') found.push({ kind, name: value, path });
    else value?.forEach((name, index) => found.push({ kind, name, path: [...path, index] }));
  };
  const condition = (value: JourneyCondition, path: Reference['path']): void => {
    if ('all' in value || 'any' in value) {
      const key = 'all' in value ? 'all' : 'any';
      const inner = ('all' in value ? value.all : value.any) as readonly JourneyCondition[];
      inner.forEach((one, n) => {
        condition(one, [...path, key, n]);
      });
      return;
    }
    if ('not' in value) {
      condition(value.not as JourneyCondition, [...path, 'not']);
      return;
    }
    if ('event' in value) return;
    const stands: StandsCondition = value;
    for (const kind of ['band', 'group', 'grade'] as const) names(kind, stands[kind], [...path, kind]);
    for (const name of Object.keys(stands.score ?? {}))
      if (name !== 'total') found.push({ kind: 'score', name, path: [...path, 'score', name] });
  };
  const walk = (steps: readonly JourneyStep[], path: Reference['path']): void => {
    steps.forEach((step, index) => {
      const at = [...path, index];
      if ('send' in step) found.push({ kind: 'email', name: step.send, path: [...at, 'send'] });
      if ('notify' in step) found.push({ kind: 'team', name: step.notify, path: [...at, 'notify'] });
      if ('webhook' in step) found.push({ kind: 'webhook', name: step.webhook, path: [...at, 'webhook'] });
      if ('if' in step) condition(step.if, [...at, 'if']);
      for (const [branch, inner] of branchesOf(step)) walk(inner, [...at, ...branch]);
    });
  };
  const { start } = journey;
  if ('event' in start) {
    // Its keys are properties of the event, `band` too.
  } else if ('account' in start) names('account band', start.account.band, ['start', 'account', 'band']);
  else
    for (const kind of ['band', 'group', 'grade'] as const)
      if (kind in start)
        names(kind, (start as Readonly<Record<string, string | readonly string[]>>)[kind], ['start', kind]);
  const goals = goalsOf(journey);
  goals.forEach((value, index) => {
    condition(value, Array.isArray(journey.goal) ? ['goal', index] : ['goal']);
  });
  journey.stop?.forEach((value, index) => {
    condition(value, ['stop', index]);
  });
  walk(journey.steps, ['steps']);
  return found;
};
