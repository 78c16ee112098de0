import { type Chance } from './chance.ts';
import { type Company, type Person } from './people.ts';
import { SITE } from './site.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A message of the Segment spec before it has an id and a date. */
export interface Draft {
  /** Milliseconds since the sample's first day began. */
  readonly at: number;
  readonly message: Record<string, unknown>;
}

/** The hours in which most people at work look at such a site: before lunch and after it. */
const HOURS = [9, 10, 11, 13, 14, 15] as const;

export interface Journal {
  /** A sitting on a day: pages a few seconds to minutes apart. Answers the instant after the last. */
  visit(day: number, paths: readonly string[], referrer?: string): number;
  track(at: number, event: string, properties?: Record<string, unknown>): void;
  /** From here on the person is known by name, and what they did before counts as theirs. */
  identify(at: number, traits: Record<string, unknown>): void;
  group(at: number, company: Company): void;
}

/** Writes down what one person does; until `identify` only the browser's anonymous id is known. */
export function journalOf(person: Person, chance: Chance, drafts: Draft[]): Journal {
  let known = false;
  const send = (at: number, message: Record<string, unknown>): void => {
    const who = known
      ? { userId: person.userId, anonymousId: person.anonymousId }
      : { anonymousId: person.anonymousId };
    drafts.push({ at: Math.round(at), message: { ...message, ...who } });
  };
  return {
    visit(day, paths, referrer) {
      let at = day * DAY + chance.pick(HOURS) * HOUR + chance.int(0, 49) * MINUTE + chance.int(0, 59_999);
      let from = referrer;
      for (const path of paths) {
        const url = SITE + path;
        send(at, { type: 'page', properties: { path, url, ...(from ? { referrer: from } : {}) } });
        from = url;
        at += chance.int(15_000, 2 * MINUTE);
      }
      return at;
    },
    track: (at, event, properties = {}) => send(at, { type: 'track', event, properties }),
    identify(at, traits) {
      known = true;
      const { name, firstName, lastName, email } = person;
      send(at, { type: 'identify', traits: { name, firstName, lastName, email, ...traits } });
    },
    group(at, { id, name, domain, industry, employees, country }) {
      send(at, { type: 'group', groupId: id, traits: { name, domain, industry, employees, country } });
    },
  };
}
