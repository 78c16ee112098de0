import type { Reads } from '../../core/engine/reads.ts';
import type { LeadEvent } from '../../core/event.ts';
import { createRegister, type Naming } from '../../core/identity/register.ts';
import { type BadLine, type Batch, CLAIM } from './batch.ts';
import { byLead, type Part } from './by-lead.ts';
import { collect } from './collect.ts';
import {
  CHANGED,
  DOUBLES,
  filled,
  HEAD,
  MERGED,
  NOBODY,
  SPELLED,
  type Views,
  viewsOf,
  WORDS,
} from './record.ts';
import { Spool } from './spool.ts';

/** Whom a stream of messages knows by which names. */
export interface Somebody {
  readonly userId: string | null;
  readonly email: string | null;
  /** In the order of their characters. */
  readonly anonymousIds: readonly string[];
}

/** What a message says but for when and by whom. */
type Saying = Omit<LeadEvent, 'id' | 'occurredAt'>;

/** Claims that a reader may still name; a power of two. */
const CLAIMS = 1 << 16;

/**
 * The people of a stream of messages of any length. Who is who is kept in memory, what they did is spooled; of that,
 * only what rules can look at.
 */
export class Crowd {
  readonly #reads: Reads;
  #register = createRegister();
  readonly #spool: Spool;
  /** How many leads there were when all was taken. */
  #told: number | undefined;
  /** Bytes of records, by number of the lead that they were taken for. */
  readonly #sizes: number[] = [];
  /** By number of a claim, which goes round: its names, whose it was, and at which version of the register. */
  #names: (string | undefined)[] = [];
  readonly #leads = new Uint32Array(CLAIMS);
  readonly #versions = new Float64Array(CLAIMS).fill(-1);
  /** What was said, by number. */
  readonly sayings: string[] = [];
  /** The same where something that was said is somebody else's, by number from CHANGED on. */
  readonly changed: string[] = [];
  readonly #changedOf = new Map<string, number>();
  /** `group` messages by account, whoever sent them; where rules look at accounts. */
  readonly accounts = new Map<string, LeadEvent[]>();

  constructor(reads: Reads, memory: number, piece: number) {
    this.#reads = reads;
    this.#spool = new Spool(memory, piece);
  }

  /** How many leads there are so far, those included that were merged. */
  get leads(): number {
    return this.#told ?? this.#register.count;
  }

  /** Bytes of what was taken. */
  get bytes(): number {
    return this.#spool.bytes;
  }

  /** Takes the next messages; which of them are nobody's, and whether the bytes of the records are needed no more. */
  take({ records, claims, firstClaim, sayings }: Batch): {
    readonly bad: readonly BadLine[];
    readonly free: boolean;
  } {
    for (const saying of sayings) this.sayings.push(saying);
    for (let n = 0; n < claims.length; n += 1)
      this.#names[((firstClaim + Math.floor(n / CLAIM)) % CLAIMS) * CLAIM + (n % CLAIM)] = claims[n];
    for (let n = 0; n < claims.length / CLAIM; n += 1) this.#versions[(firstClaim + n) % CLAIMS] = -1;
    const bad: BadLine[] = [];
    const views = viewsOf(records);
    const { words } = views;
    for (let offset = 0; offset < records.length;) {
      const word = offset >> 2;
      const size = filled(words[word + WORDS.length] as number);
      const claim = (words[word + WORDS.lead] as number) % CLAIMS;
      let lead: number;
      if (this.#versions[claim] === this.#register.version) lead = this.#leads[claim] as number;
      else lead = this.#find(claim, views, offset, bad);
      words[word + WORDS.lead] = lead;
      if (lead !== NOBODY) this.#sizes[lead] = (this.#sizes[lead] ?? 0) + size;
      offset += size;
    }
    return { bad, free: this.#spool.append(records) };
  }

  /** Whose a record is, by the register. */
  #find(claim: number, views: Views, offset: number, bad: BadLine[]): number {
    const [userId, anonymousId, previousId, email, leadId] = this.#names.slice(
      claim * CLAIM,
      claim * CLAIM + CLAIM,
    );
    const naming: Naming = {
      occurredAt: views.doubles[(offset >> 3) + DOUBLES.at] as number,
      ...(userId !== undefined && { userId }),
      ...(anonymousId !== undefined && { anonymousId }),
      ...(previousId !== undefined && { previousId }),
      ...(email !== undefined && { email }),
      ...(leadId !== undefined && { leadId }),
    };
    const found = this.#register.add(naming);
    if (!found.ok) {
      bad.push({ number: views.words[(offset >> 2) + WORDS.line] as number, reason: found.reason });
      return NOBODY;
    }
    if (found.lasts) {
      this.#leads[claim] = found.lead;
      this.#versions[claim] = this.#register.version;
    }
    if (found.dropEmail) this.#dropEmail(views, offset);
    if (this.#reads.accounts) this.#tellAccount(views, offset);
    return found.lead;
  }

  #sayingAt({ bytes, words }: Views, offset: number): Saying {
    const word = offset >> 2;
    const saying = words[word + WORDS.saying] as number;
    const text =
      saying === SPELLED
        ? bytes.toString(
            'utf8',
            offset + HEAD + (words[word + WORDS.id] as number),
            offset + (words[word + WORDS.length] as number),
          )
        : this.sayings[saying];
    return JSON.parse(text ?? '') as Saying;
  }

  /** Takes back what a message says of an address that is someone else's. */
  #dropEmail(views: Views, offset: number): void {
    const said = this.#sayingAt(views, offset);
    if (said.traits?.email === undefined) return;
    const { email: _, ...traits } = said.traits;
    const text = JSON.stringify({ ...said, traits });
    const known = this.#changedOf.get(text) ?? this.changed.push(text) - 1;
    this.#changedOf.set(text, known);
    views.words[(offset >> 2) + WORDS.saying] = CHANGED + known;
  }

  #tellAccount(views: Views, offset: number): void {
    const { bytes, words, doubles } = views;
    const changed = (words[(offset >> 2) + WORDS.saying] as number) - CHANGED;
    const text = changed >= 0 && changed < SPELLED - CHANGED ? this.changed[changed] : undefined;
    const said = text === undefined ? this.#sayingAt(views, offset) : (JSON.parse(text) as Saying);
    if (said.groupId === undefined) return;
    const id = bytes.toString(
      'utf8',
      offset + HEAD,
      offset + HEAD + (words[(offset >> 2) + WORDS.id] as number),
    );
    const event: LeadEvent = { id, occurredAt: doubles[(offset >> 3) + DOUBLES.at] as number, ...said };
    const told = this.accounts.get(said.groupId);
    if (told) told.push(event);
    else this.accounts.set(said.groupId, [event]);
  }

  /** Everyone and what they did, in the order of their names; nothing can be taken after that. */
  *parts(): Generator<{ readonly part: Part; readonly people: readonly Somebody[] }> {
    const { count } = this.#register;
    const people = this.#people();
    const places = new Uint32Array(count);
    people.forEach(({ lead }, place) => (places[lead] = place));
    const marks = new Uint32Array(count);
    const sizes = new Float64Array(people.length);
    for (let lead = 0; lead < count; lead += 1) {
      const survivor = this.#register.survivor(lead);
      const place = places[survivor] as number;
      marks[lead] = survivor === lead ? place : place + MERGED;
      sizes[place] = (sizes[place] as number) + (this.#sizes[lead] ?? 0);
    }
    this.#forget();
    for (const part of byLead(this.#spool, marks, sizes))
      yield { part, people: people.slice(part.first, part.last).map(({ person }) => person) };
  }

  /** Who is who has been told by now; all names by which anybody was found are much of the memory. */
  #forget(): void {
    this.#told = this.#register.count;
    this.#register = createRegister();
    this.#names = [];
    if (this.#spool.onDisk) collect();
  }

  /** By name: user id, else e-mail, else anonymous id. */
  #people(): { readonly lead: number; readonly person: Somebody; readonly name: string }[] {
    const register = this.#register;
    const anonymous = register.anonymousIds();
    const people: { lead: number; person: Somebody; name: string }[] = [];
    for (let lead = 0; lead < register.count; lead += 1) {
      if (register.survivor(lead) !== lead) continue;
      const { users, emails } = register.person(lead);
      const person: Somebody = {
        userId: users[0] ?? null,
        email: emails[0] ?? null,
        anonymousIds: (anonymous.get(lead) ?? []).toSorted(),
      };
      people.push({ lead, person, name: person.userId ?? person.email ?? person.anonymousIds[0] ?? '' });
    }
    return people.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  close(): void {
    this.#spool.close();
  }
}
