import type { LeadEvent } from '../event.ts';
import type { Person, Scope } from './identity.ts';
import { toLeadEvent, type Message } from '../message/message.ts';
import { createRegister } from './register.ts';

/** One person of a stream of messages, and what they did. */
export interface PersonLog extends Person {
  readonly anonymousIds: readonly string[];
  readonly events: readonly LeadEvent[];
}

export interface People {
  /** Takes the next message; answers the lead it belongs to at this moment, or why it is nobody's. */
  add(
    message: Message,
    scope?: Scope,
  ): { readonly ok: true; readonly lead: string } | { readonly ok: false; readonly reason: string };
  /** Everyone, in the order in which they first appeared. */
  all(): PersonLog[];
  /** `group` messages by account, whoever sent them. */
  readonly accounts: ReadonlyMap<string, readonly LeadEvent[]>;
}

/** Removes what a message says of an address that is someone else's. */
export const withoutEmail = (event: LeadEvent): LeadEvent => {
  if (event.traits === undefined) return event;
  const { email: _, ...traits } = event.traits;
  return { ...event, traits };
};

/** Groups messages into people in memory, by the decisions of the live path. */
export const createPeople = (): People => {
  const register = createRegister();
  const accounts = new Map<string, LeadEvent[]>();
  /** By number of the lead that a message was taken for; copies of one message once, the first counts. */
  const logs: Map<string, LeadEvent>[] = [];

  return {
    accounts,
    add: (message, scope = 'server') => {
      const found = register.add(message, scope);
      if (!found.ok) return found;
      const event = found.dropEmail ? withoutEmail(toLeadEvent(message)) : toLeadEvent(message);
      const log = (logs[found.lead] ??= new Map<string, LeadEvent>());
      const name = `${message.key}#${event.id}`;
      if (!log.has(name)) log.set(name, event);
      if (event.groupId !== undefined) {
        const told = accounts.get(event.groupId);
        if (told) told.push(event);
        else accounts.set(event.groupId, [event]);
      }
      return { ok: true, lead: register.person(found.lead).id };
    },
    all: () => {
      const anonymousIds = register.anonymousIds();
      const whole = new Map<number, Map<string, LeadEvent>>();
      // An older lead survives and has the smaller number, so that its own copy of a message comes first.
      for (let lead = 0; lead < register.count; lead += 1) {
        const survivor = register.survivor(lead);
        const log = whole.get(survivor) ?? new Map<string, LeadEvent>();
        whole.set(survivor, log);
        for (const [name, event] of logs[lead] ?? []) if (!log.has(name)) log.set(name, event);
      }
      return [...whole].map(([lead, events]) => {
        const { id, createdAt, users, emails } = register.person(lead);
        return {
          id,
          createdAt,
          users,
          emails,
          anonymousIds: anonymousIds.get(lead) ?? [],
          events: [...events.values()],
        };
      });
    },
  };
};
