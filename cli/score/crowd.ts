import type { Engine } from '../../core/engine/compile.ts';
import type { Reads } from '../../core/engine/reads.ts';
import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { AccountHistory } from '../../core/history.ts';
import { withoutEmail } from '../../core/identity/people.ts';
import { createRegister } from '../../core/identity/register.ts';
import { type Message, toLeadEvent } from '../../core/message/message.ts';
import { byLead } from './by-lead.ts';
import { RecordReader, sayingOf, write } from './record.ts';
import { Spool } from './spool.ts';

/** Whom a stream of messages knows by which names. */
export interface Somebody {
  readonly userId: string | null;
  readonly email: string | null;
  /** In the order of their characters. */
  readonly anonymousIds: readonly string[];
}

/**
 * The people of a stream of messages of any length. Who is who is kept in memory, what they did is spooled; of that,
 * only what rules can look at.
 */
export class Crowd {
  readonly #reads: Reads;
  readonly #register = createRegister();
  readonly #spool: Spool;
  /** Bytes of records, by number of the lead that they were taken for. */
  readonly #sizes: number[] = [];
  /** `group` messages by account, whoever sent them; where rules look at accounts. */
  readonly #accounts = new Map<string, LeadEvent[]>();

  constructor(reads: Reads, memory: number, block: number) {
    this.#reads = reads;
    this.#spool = new Spool(memory, block);
  }

  /** How many leads there are so far, those included that were merged. */
  get leads(): number {
    return this.#register.count;
  }

  /** Takes the next message; why it is nobody's, if it is. */
  add(message: Message): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
    const found = this.#register.add(message);
    if (!found.ok) return found;
    const { lead, dropEmail } = found;
    const event = dropEmail ? withoutEmail(toLeadEvent(message)) : toLeadEvent(message);
    const saying = sayingOf(event, this.#reads);
    const length = this.#spool.append((into, offset) =>
      write(into, offset, lead, event, message.key, saying),
    );
    this.#sizes[lead] = (this.#sizes[lead] ?? 0) + length;
    if (this.#reads.accounts && event.groupId !== undefined) {
      const told = this.#accounts.get(event.groupId);
      if (told) told.push(event);
      else this.#accounts.set(event.groupId, [event]);
    }
    return { ok: true };
  }

  /** Everyone's score at an instant, in the order of their names. */
  *scored(
    engine: Engine,
    at: number,
  ): Generator<{ readonly person: Somebody; readonly evaluation: Evaluation }> {
    const { count } = this.#register;
    const people = this.#people();
    const places = new Uint32Array(count);
    people.forEach(({ lead }, place) => (places[lead] = place));
    const sizes = new Float64Array(people.length);
    const placeOf = (lead: number): number => places[this.#register.survivor(lead)] ?? 0;
    for (let lead = 0; lead < count; lead += 1) {
      const place = placeOf(lead);
      sizes[place] = (sizes[place] ?? 0) + (this.#sizes[lead] ?? 0);
    }
    const reader = new RecordReader();
    for (const { bytes, offsets, first, last } of byLead(this.#spool, placeOf, sizes))
      for (let place = first; place < last; place += 1) {
        const somebody = people[place];
        if (!somebody) continue;
        const events = eventsOf(bytes, offsets.get(place) ?? [], somebody.lead, reader);
        yield { person: somebody.person, evaluation: this.#evaluate(engine, events, at) };
      }
  }

  #evaluate(engine: Engine, events: readonly LeadEvent[], at: number): Evaluation {
    if (!this.#reads.accounts) return engine.evaluate({ events }, at);
    const accounts = engine
      .accountIds({ events }, at)
      .map((id): AccountHistory => ({ id, events: this.#accounts.get(id) ?? [] }));
    return engine.evaluate({ events, accounts }, at);
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

/** A lead's events; of copies that are stored as one the first, its own before that of a lead that was merged into it. */
function eventsOf(
  bytes: Buffer,
  offsets: readonly number[],
  lead: number,
  reader: RecordReader,
): LeadEvent[] {
  const events = new Map<string, LeadEvent>();
  const take = (own: boolean): void => {
    for (const offset of offsets) {
      if ((bytes.readUInt32LE(offset + 4) === lead) !== own) continue;
      const { event, copy } = reader.read(bytes, offset);
      if (!events.has(copy)) events.set(copy, event);
    }
  };
  take(true);
  take(false);
  return [...events.values()];
}
