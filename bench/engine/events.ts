import type { Content } from '../../core/engine/replay.ts';
import { uniform } from '../../core/uniform.ts';
import { sectionOf } from './rules.ts';

const DAY = 86_400_000;
/** The benches' leads live in the 180 days before. */
export const END = Date.UTC(2026, 9, 31);
const START = END - 180 * DAY;

const below = (random: () => number, count: number): number => Math.floor(random() * count);
const track = (name: string, properties: Content['properties']): Content => ({
  type: 'track',
  name,
  properties,
});

function look(random: () => number, sections: number): Content {
  const section = sectionOf(below(random, sections));
  const leaf =
    ['overview', `topic-${below(random, sections)}`, `page-${below(random, 40)}`][below(random, 3)] ?? '';
  const path = `${section}/${leaf}`;
  return {
    type: 'page',
    name: 'page',
    properties: {
      path,
      url: `https://www.example.com${path}`,
      title: `${leaf} of ${section}`,
      ...(random() < 0.5 ? { referrer: 'https://search.example/' } : {}),
    },
  };
}

/** One thing that a lead may do: 60 % are looks at pages. @param sections how many areas, forms, mails there are */
export function happening(random: () => number, sections: number): Content {
  const kind = random();
  const one = below(random, sections);
  if (kind < 0.6) return look(random, sections);
  if (kind < 0.66) return track('Form Submitted', { form: `form-${one}`, source: 'website' });
  if (kind < 0.7)
    return track('Quote Requested', { seats: below(random, 10 * sections), trial: random() < 0.5 });
  if (kind < 0.74)
    return track('Webinar Attended', { minutes: below(random, 60), topic: `Topic ${one} in depth` });
  if (kind < 0.8) return track('email.clicked', { email: `mail-${one}`, url: 'https://www.example.com/' });
  if (kind < 0.86) return track('email.delivered', { email: `mail-${one}` });
  if (kind < 0.94)
    return track('Feature Used', {
      feature: { area: `area-${one}`, name: `tool-${one}` },
      count: below(random, 9),
    });
  if (kind < 0.97)
    return track('Video Watched', { percent: below(random, 101), video: `video-${below(random, 12)}` });
  if (kind < 0.99)
    return track('Trial Started', { plan: ['Pro', 'Pro Plus', 'team', 'Free'][below(random, 4)] ?? '' });
  return track('Demo Booked', { seats: one });
}

const person = (random: () => number): Content => ({
  type: 'identify',
  name: '',
  properties: {},
  traits: {
    title: ['Head of IT', 'VP Sales', 'CTO', 'Developer', 'Student', 'Buyer'][below(random, 6)] ?? '',
    country: ['SE', 'DK', 'US', 'FR', 'DE'][below(random, 5)] ?? '',
    employees: [10, 80, 400, 2000][below(random, 4)] ?? 0,
    industry: ['software', 'retail', 'banking'][below(random, 3)] ?? '',
  },
});

/** A store of leads in columns, sorted by lead. */
export interface Store {
  readonly contents: readonly Content[];
  readonly at: Float64Array;
  readonly content: Uint32Array;
  /** Row at which each lead begins; one more than there are leads. */
  readonly starts: Uint32Array;
}

const SAYINGS = 20_000;
const PEOPLE = 400;

/**
 * The same store on every machine: leads of very different zeal, some 20,000 different things to say, 50 events a lead
 * on the average.
 */
export function storeOf(leads: number, events: number): Store {
  const random = uniform(20_261_031);
  const contents = [
    ...Array.from({ length: PEOPLE }, () => person(random)),
    ...Array.from({ length: SAYINGS }, () => happening(random, 60)),
  ];
  const at = new Float64Array(events);
  const content = new Uint32Array(events);
  const starts = new Uint32Array(leads + 1);
  let row = 0;
  for (let lead = 0; lead < leads; lead += 1) {
    starts[lead] = row;
    const left = events - row - (leads - lead - 1);
    const mean = left / (leads - lead);
    const zeal = random() < 0.1 ? 5 : 0.55;
    const count =
      lead === leads - 1
        ? left
        : Math.max(1, Math.min(left, Math.round(mean * zeal * (0.2 + 1.6 * random()))));
    const first = START + random() * 150 * DAY;
    for (let n = 0; n < count; n += 1) at[row + n] = Math.floor(first + random() * (END - first));
    at.subarray(row, row + count).sort();
    for (let n = 0; n < count; n += 1)
      content[row + n] = n === 0 ? below(random, PEOPLE) : PEOPLE + below(random, SAYINGS);
    row += count;
  }
  starts[leads] = row;
  return { contents, at, content, starts };
}
