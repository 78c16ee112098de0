import { type Chance } from './chance.ts';
import { type Journal } from './journal.ts';
import { type Company, DECIDERS, DOERS, type Person } from './people.ts';
import { CASES, GUIDES, POSTS, PRODUCTS, productPage, WEBINARS } from './site.ts';

/** Days in the sample. */
export const DAYS = 60;
/** The day on which the sample ends; the player moves everything so that it ends at the present instead. */
export const SAMPLE_END = Date.UTC(2026, 9, 31);
const BEGIN = SAMPLE_END - DAYS * 86_400_000;

/** What a persona has to live with. */
export interface Life {
  readonly person: Person;
  readonly company: Company;
  readonly journal: Journal;
  readonly chance: Chance;
}

/** Days of visits from `first` on, `gap` days apart on average, `count` at most, none after the last day. */
function days({ chance }: Life, first: number, gap: number, count: number): number[] {
  const list: number[] = [];
  for (
    let day = first;
    list.length < count && day < DAYS;
    day += Math.max(1, Math.round(gap * (0.5 + chance.next())))
  )
    list.push(day);
  return list;
}

const SEARCH = 'https://search.example/';

function signUp(
  life: Life,
  at: number,
  title: string,
  event: string,
  properties: Record<string, unknown>,
): void {
  const { chance, company, journal } = life;
  journal.track(at, event, properties);
  journal.identify(at + 900, {
    title,
    company: company.name,
    employees: company.employees,
    industry: company.industry,
    country: company.country,
    // The box below the form, which most tick.
    consent: chance.yes(0.9)
      ? { purpose: 'nurture', source: `form: ${event}`, at: new Date(BEGIN + at + 900).toISOString() }
      : null,
  });
  journal.group(at + 1_400, company);
}

/** Clicks in the seller's own newsletter, as another mail system reports them. */
function newsletter(life: Life, days: readonly number[], share: number): void {
  for (const day of days) {
    if (!life.chance.yes(share)) continue;
    const post = life.chance.pick(POSTS);
    const at = life.journal.visit(day, [post]);
    life.journal.track(at, 'email.clicked', { email: 'newsletter', url: post });
  }
}

/** Comes by once or twice, never leaves a name. */
export function browser(life: Life): void {
  const { chance, journal } = life;
  for (const day of days(life, chance.int(0, DAYS - 2), 6, chance.int(1, 2)))
    journal.visit(
      day,
      chance.some(['/', ...POSTS, '/careers', '/pricing', '/about'], chance.int(1, 3)),
      SEARCH,
    );
}

/** Reads for weeks; some of them buy some day. */
export function reader(life: Life): void {
  const { chance, journal } = life;
  const sittings = days(life, chance.int(0, 45), 4, chance.int(5, 9));
  sittings.forEach((day, index) => {
    const at = journal.visit(day, chance.some([...POSTS, '/', chance.pick(CASES)], chance.int(1, 3)), SEARCH);
    if (index === 1)
      signUp(life, at, chance.pick([...DOERS, ...DOERS, 'Consultant', 'Owner']), 'Newsletter Subscribed', {
        form: 'footer',
      });
    if (index === 4 && chance.yes(0.5))
      journal.track(at, 'Guide Downloaded', chance.pick(GUIDES.slice(0, 2)));
  });
  newsletter(life, sittings.slice(2), 0.4);
}

/** Fits, reads, compares, tries, and asks for a demo: cold to hot within the 60 days. */
export function evaluator(life: Life): void {
  const { chance, journal } = life;
  const product = chance.pick(PRODUCTS);
  const first = chance.int(0, 46);
  const sittings = days(life, first, 2.2, chance.int(7, 14));
  const decider = chance.yes(0.7);
  sittings.forEach((day, index) => {
    const late = index > 6;
    const pages = late
      ? [
          '/pricing',
          productPage(product),
          ...chance.some([...CASES, '/security', '/integrations', '/docs/start'], 2),
        ]
      : chance.some([...POSTS, productPage(product), ...CASES, '/'], chance.int(2, 4));
    const at = journal.visit(day, pages, index === 0 ? SEARCH : undefined);
    if (index === 2)
      signUp(life, at, chance.pick(decider ? DECIDERS : DOERS), 'Guide Downloaded', {
        ...chance.pick(GUIDES),
        product,
      });
    if (index === 4) journal.track(at, 'Webinar Attended', { webinar: chance.pick(WEBINARS), product });
    if (index === 7) journal.track(at, 'Price Calculated', { product, seats: chance.int(5, 300) });
    if (index === 8 && chance.yes(0.7)) journal.track(at, 'Trial Started', { product });
    if (index === 9 && chance.yes(0.6)) journal.track(at, 'Demo Booked', { product });
    if (index === 11 && chance.yes(0.2)) journal.track(at, 'Contact Requested', { topic: 'quote', product });
  });
  newsletter(life, sittings.slice(3), 0.2);
}

/** Keen for two weeks early on, then silent. */
export function fader(life: Life): void {
  const { chance, journal } = life;
  const product = chance.pick(PRODUCTS);
  days(life, chance.int(0, 30), 2, chance.int(5, 8)).forEach((day, index) => {
    const at = journal.visit(
      day,
      chance.some([...POSTS, productPage(product), ...CASES, '/pricing'], chance.int(2, 4)),
    );
    if (index === 1)
      signUp(life, at, chance.pick([...DECIDERS, ...DOERS]), 'Guide Downloaded', {
        ...chance.pick(GUIDES),
        product,
      });
    if (index === 3 && chance.yes(0.5))
      journal.track(at, 'Webinar Attended', { webinar: chance.pick(WEBINARS), product });
    if (index === 4 && chance.yes(0.4))
      journal.track(at, 'Price Calculated', { product, seats: chance.int(5, 80) });
  });
}

/** Is sent a link by somebody at the same company and looks around. */
export function colleague(life: Life): void {
  const { chance, journal } = life;
  const product = chance.pick(PRODUCTS);
  days(life, chance.int(12, 48), 3, chance.int(2, 6)).forEach((day, index) => {
    const at = journal.visit(
      day,
      chance.some([productPage(product), ...CASES, '/docs/start', '/pricing', '/security'], 3),
    );
    if (index === 0) signUp(life, at, chance.pick(DOERS), 'Invitation Accepted', { product });
    if (index === 2)
      journal.track(at, 'Feature Used', { product, feature: chance.pick(['board', 'report', 'import']) });
  });
}

/** Keeps watch on prices and news; will never buy. */
export function competitor(life: Life): void {
  const { chance, journal } = life;
  days(life, chance.int(0, 14), 4, chance.int(8, 12)).forEach((day, index) => {
    const at = journal.visit(day, [
      '/pricing',
      productPage(chance.pick(PRODUCTS)),
      chance.pick(POSTS),
      chance.pick(CASES),
    ]);
    if (index === 0)
      signUp(life, at, 'Product Manager', 'Webinar Attended', { webinar: chance.pick(WEBINARS) });
  });
}

/** Writes a thesis: reads everything, has no budget. */
export function student(life: Life): void {
  const { chance, journal } = life;
  days(life, chance.int(0, 25), 3, chance.int(8, 14)).forEach((day, index) => {
    const at = journal.visit(day, chance.some([...POSTS, ...CASES, '/docs/start'], chance.int(2, 4)), SEARCH);
    if (index === 0) signUp(life, at, 'Student', 'Guide Downloaded', chance.pick(GUIDES));
    if (index === 3) journal.track(at, 'Guide Downloaded', chance.pick(GUIDES));
  });
}

/** Would fit to the letter, and has only looked in. */
export function stranger(life: Life): void {
  const { chance, journal } = life;
  days(life, chance.int(5, 50), 9, chance.int(1, 3)).forEach((day, index) => {
    const at = journal.visit(day, ['/', productPage(chance.pick(PRODUCTS))], SEARCH);
    if (index === 0) signUp(life, at, chance.pick(DECIDERS), 'Newsletter Subscribed', { form: 'footer' });
  });
}
