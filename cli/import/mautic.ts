import { z } from 'zod';

import { type Rule } from '../../core/schema/score.ts';
import { type DraftRule, type DraftScore } from './draft.ts';

const Ids = z.array(z.union([z.number(), z.string()]));
/** A point action as `GET /api/points` gives it; more may stand in it. */
const Point = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  name: z.string(),
  description: z.string().nullish(),
  type: z.string(),
  isPublished: z.boolean().optional(),
  publishUp: z.string().nullish(),
  publishDown: z.string().nullish(),
  delta: z.coerce.number(),
  repeatable: z.union([z.boolean(), z.number()]).nullish(),
  properties: z
    .union([
      z.record(z.string(), z.unknown()),
      z.array(z.unknown()).transform((): Record<string, unknown> => ({})),
    ])
    .nullish(),
  group: z.looseObject({ name: z.string() }).nullish(),
});
type Point = z.infer<typeof Point>;

/** The list, a list by id, or one action. */
export const MauticPoints = z.union([
  z.looseObject({ points: z.union([z.array(Point), z.record(z.string(), Point)]) }),
  z.looseObject({ point: Point }),
  z.array(Point),
]);

/** Point actions as scores: one for each point group, and `mautic` for those that have none. */
export function fromMautic(input: z.infer<typeof MauticPoints>): DraftScore[] {
  const list = Array.isArray(input)
    ? input
    : 'point' in input
      ? [input.point as Point]
      : Object.values(input.points as Record<string, Point>);
  const groups = Map.groupBy(list, ({ group }) => group?.name ?? 'mautic');
  return [...groups].map(([name, points]) => ({
    score: scoreName(name),
    about: `Point actions of Mautic${name === 'mautic' ? '' : `, group ${name}`}.`,
    groups: {},
    rules: points.map(draft),
    notes: [
      'Mautic adds points up for ever, without limits or fading: consider `half_life` and `limit`.',
      'It names pages, forms, assets and mails by its own ids: put the names in that your events carry.',
    ],
  }));
}

const scoreName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'mautic';

type When = NonNullable<Rule['when']>;

function draft(point: Point): DraftRule {
  const { name, description, type, isPublished, delta, repeatable } = point;
  const notes: string[] = [];
  if (description) notes.push(description);
  if (isPublished === false)
    return { title: name, rule: null, notes: [...notes, 'It is not published in Mautic.', raw(point)] };
  if (delta === 0) return { title: name, rule: null, notes: [...notes, 'It changes no points.', raw(point)] };
  const when = whenOf(point, notes);
  if (!when)
    return {
      title: name,
      rule: null,
      notes: [...notes, `Mautic's \`${type}\` has no equal here.`, raw(point)],
    };
  const active = periodOf(point);
  return {
    title: name,
    notes,
    rule: {
      when,
      points: delta,
      // Unless it is repeatable, Mautic awards an action to a contact once, ever.
      ...(repeatable ? {} : { once: true }),
      ...(active !== null && { active }),
    },
  };
}

function whenOf({ type, properties }: Point, notes: string[]): When | null {
  const given: Readonly<Record<string, unknown>> = properties ?? {};
  const ids = (key: string): (string | number)[] => {
    const parsed = Ids.safeParse(given[key]);
    return parsed.success ? parsed.data : [];
  };
  const named = (event: string, property: string, key: string): When => {
    const listed = ids(key);
    if (listed.length > 0)
      notes.push(`In Mautic only of these ${key} (its ids); your events may carry names instead.`);
    return listed.length > 0 ? { event, [property]: listed.map(String) } : { event };
  };
  const categories = ids('categories');
  if (categories.length > 0)
    notes.push(`Only of the categories ${categories.join(', ')}, which events do not carry.`);
  switch (type) {
    case 'page.hit':
      return named('page', 'page_id', 'pages');
    case 'url.hit': {
      const left = ['page_hits', 'accumulative_time', 'returns_within', 'returns_after', 'first_time'].filter(
        (key) => given[key] !== undefined && given[key] !== null && given[key] !== '' && given[key] !== false,
      );
      for (const key of left) notes.push(`Without its \`${key}: ${JSON.stringify(given[key])}\`.`);
      const url = typeof given['page_url'] === 'string' ? given['page_url'] : '';
      return url === '' ? { event: 'page' } : { event: 'page', url };
    }
    case 'form.submit':
      return named('Form Submitted', 'form', 'forms');
    case 'asset.download':
      return named('Asset Downloaded', 'asset', 'assets');
    case 'email.open':
      notes.push('Machines open mails, so that opens say little: a click says more.');
      return named('email.opened', 'email', 'emails');
    case 'email.send':
      return named('email.delivered', 'email', 'emails');
    default:
      return null;
  }
}

function periodOf({ publishUp, publishDown }: Point): string | null {
  const day = (text: string | null | undefined): string => /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0] ?? '';
  const [from, to] = [day(publishUp), day(publishDown)];
  return from === '' && to === '' ? null : `${from}..${to}`;
}

const raw = ({ type, delta, properties }: Point): string =>
  JSON.stringify({ type, delta, properties: properties ?? {} });
