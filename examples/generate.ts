// Makes the bundled sample: 300 people, 60 days, Segment-format events, the same bytes on every run.
//   node examples/generate.ts            writes examples/events.ndjson.gz
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { seeded } from './sample/chance.ts';
import { type Draft, journalOf } from './sample/journal.ts';
import { type Company, companies, namer } from './sample/people.ts';
import * as personas from './sample/personas.ts';

const DAY = 86_400_000;

/** How many of whom: as on any site, most look in once or twice and never leave a name. */
const CAST: readonly (readonly [number, (life: personas.Life) => void])[] = [
  [164, personas.browser],
  [41, personas.reader],
  [32, personas.evaluator],
  [24, personas.fader],
  [22, personas.colleague],
  [3, personas.competitor],
  [6, personas.student],
  [8, personas.stranger],
];

/** The sample as NDJSON, in time order. */
export function sample(seed = 301): string {
  const chance = seeded(seed);
  const name = namer(chance);
  const firms = companies(chance, 30);
  const buyers = firms.filter(({ employees }) => employees >= 40);
  const rival: Company = {
    ...chance.pick(firms),
    id: 'candela',
    name: 'Candela Planning',
    domain: 'candela.example',
    industry: 'software',
  };
  const campus: Company = {
    ...chance.pick(firms),
    id: 'aalund',
    name: 'Aalund University',
    domain: 'aalund.example',
    industry: 'education',
  };
  const companyOf = (persona: (life: personas.Life) => void): Company => {
    if (persona === personas.competitor) return rival;
    if (persona === personas.student) return campus;
    // evaluators and their colleagues share few companies, so that several people of one company are seen
    const few =
      persona === personas.evaluator || persona === personas.colleague || persona === personas.stranger;
    return chance.pick(few ? buyers.slice(0, 10) : firms);
  };

  const drafts: Draft[] = [];
  for (const [count, persona] of CAST)
    for (let index = 0; index < count; index += 1) {
      const company = companyOf(persona);
      const person = name(company.domain);
      persona({ person, company, chance, journal: journalOf(person, chance, drafts) });
    }

  const start = personas.SAMPLE_END - personas.DAYS * DAY;
  return drafts
    .filter(({ at }) => at < personas.DAYS * DAY)
    .sort((a, b) => a.at - b.at)
    .map(({ at, message }, index) => {
      const messageId = `sample-${String(index).padStart(5, '0')}`;
      return JSON.stringify({ ...message, messageId, timestamp: new Date(start + at).toISOString() }) + '\n';
    })
    .join('');
}

if (import.meta.main)
  writeFileSync(new URL('events.ndjson.gz', import.meta.url), gzipSync(sample(), { level: 9 }));
