import { checkRules } from '../../core/check/check.ts';
import type { Scoring } from '../../core/ruleset.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Sections of a site, as the benches' leads read it; `section` numbers wrap round. */
export const sectionOf = (section: number): string => {
  const kinds = ['blog', 'docs', 'product', 'customers', 'pricing', 'events', 'guides', 'compare'];
  return `/${kinds[section % kinds.length] ?? ''}/area-${section}`;
};

/** What a rule of number `n` looks for: ten kinds of conditions, each kind another time with other values. */
export function condition(n: number): Mapping {
  const round = Math.floor(n / 10);
  switch (n % 10) {
    case 0:
      return { event: 'page', path: `${sectionOf(round)}/*` };
    case 1:
      return { event: 'page', path: `${sectionOf(round + 1)}/overview` };
    case 2:
      return { event: 'page', path: `*/topic-${round}`, referrer: 'exists' };
    case 3:
      return { event: 'Form Submitted', form: [`form-${round}`, `form-${round + 40}`] };
    case 4:
      return { event: 'Quote Requested', seats: `${round * 10}..${round * 10 + 60}`, trial: true };
    case 5:
      return { event: 'Webinar Attended', minutes: '>=30', topic: `Topic ${round}*` };
    case 6:
      return { event: 'email.clicked', email: `mail-${round}` };
    case 7:
      return { event: 'Feature Used', 'feature.area': `area-${round}`, count: '>2' };
    case 8:
      return {
        event: 'Video Watched',
        percent: `${50 + (round % 5) * 10}..100`,
        video: `video-${round % 12}`,
      };
    default:
      return { event: ['Trial Started', 'Trial Extended'], plan: round % 2 === 0 ? 'Pro*' : 'team' };
  }
}

/** How a rule of number `n` counts: plain, thinned, counted and decayed in turn. */
function counting(n: number): Mapping {
  const ways: Mapping[] = [
    { points: 2, half_life: '14d', cap: 12 },
    { points: 5, within: '30d', once: true },
    { points: 3, once_per: '1h', half_life: '7d' },
    { points: 10, at_least: 2, within: '60d' },
    { points: 1.5, cap: 9 },
    { points: 4, fade: { percent: 50, every: '30d' }, cap: 16 },
    { steps: { 1: 2, 3: 4 } },
    { points: 6, every: 3, half_life: '30d' },
    { points: 8, burst: { count: 3, within: '1d' }, within: '30d' },
    { points: 2, distinct: 'path', within: '90d' },
    { points: 1, cap: 20 },
  ];
  return ways[n % ways.length] ?? {};
}

const ATTRIBUTES: Readonly<Record<string, Mapping>> = {
  head: { when: { 'lead.title': ['head of *', 'vp *', 'c?o', 'CTO', 'CEO'] }, points: 10 },
  country: { when: { 'lead.country': ['SE', 'DK', 'NO', 'DE'] }, points: 5 },
  size: { points_by: { 'lead.employees': { '<50': 2, '50..499': 10, '500..': 20 } } },
  industry: { when: { 'lead.industry': 'software' }, points: 6 },
  student: { when: { 'lead.title': '*student*' }, points: -20 },
  quiet: { when: { inactive: '30d' }, points: -5, every: '30d', cap: -20 },
  lively: { when: { active_within: '3d' }, points: 3 },
  reader: {
    when: {
      rate: { of: 'email.clicked', out_of: 'email.delivered', at_least: '50%', min: 3, within: '90d' },
    },
    points: 5,
  },
  keen: {
    when: {
      all: [
        { event: 'page', path: '/pricing/*', at_least: 3, within: '14d' },
        { not: { event: 'Demo Booked' } },
      ],
    },
    points: 8,
  },
  known: { when: { any: [{ 'lead.email': 'exists' }, { event: 'Form Submitted' }] }, points: 2 },
};

const why = (rules: Readonly<Record<string, Mapping>>): Mapping =>
  Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, { why: 'It is measured.', ...rule }]),
  );

const checked = (scores: readonly Mapping[]): Scoring & { readonly hash: string } => {
  const { issues, ruleset } = checkRules([
    { file: 'settings.yaml', data: {} },
    ...scores.map((data) => ({ file: `scores/${String(data['score'])}.yaml`, data })),
    {
      file: 'bands.yaml',
      data: {
        total: {
          sum: Object.fromEntries(scores.map(({ score }): [string, number] => [String(score), 1])),
          limit: { min: 0, max: 100 },
        },
        bands: { cold: 0, 'semi-warm': 20, warm: 45, hot: { enter: 70, leave: 60 } },
        grades: { of: String(scores[0]?.['score']), A: 25, B: 15, C: 5, D: 0 },
        groups: { both: { [String(scores[0]?.['score'])]: '>=15', engagement: '>=15' }, rest: {} },
        qualified: { band: ['hot'], group: ['both'] },
      },
    },
  ]);
  if (!ruleset) throw new Error(JSON.stringify(issues));
  return { ...ruleset, hash: `bench-${scores.length}` };
};

const numbered = (count: number, from: number, of: (n: number) => Mapping): Record<string, Mapping> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`rule-${from + n}`, of(from + n)]));

/** Rules that look for events alone, one point or more each time: for matching. */
export const matchingRules = (count: number): Scoring & { readonly hash: string } =>
  checked([
    {
      score: 'engagement',
      rules: why(numbered(count, 0, (n) => ({ when: condition(n), points: 1 + (n % 7) }))),
    },
  ]);

/** Sixty rules of every kind: fifty of events, ten of attributes, activity, rates and combinations. */
export const sixtyRules = (): Scoring & { readonly hash: string } =>
  checked([
    { score: 'fit', limit: { min: 0, max: 40 }, rules: why(ATTRIBUTES) },
    {
      score: 'engagement',
      limit: { min: 0, max: 80 },
      groups: { reading: { max: 25 } },
      rules: why(
        numbered(50, 0, (n) => ({
          when: condition(n),
          ...counting(n),
          ...(n % 10 < 2 ? { group: 'reading' } : {}),
        })),
      ),
    },
  ]);
