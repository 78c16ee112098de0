import { decide, settled, type Step, type World } from '../engine/decide.ts';
import type { LeadEvent } from '../event.ts';
import {
  claimOf,
  ownerAt,
  survivorOf,
  union,
  withOwner,
  type Holder,
  type Person,
  type PersonKey,
  type Scope,
} from './identity.ts';
import { toLeadEvent, type Message } from '../message/message.ts';

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

interface Entry extends Person {
  readonly events: Map<string, LeadEvent>;
  into?: string;
}

/** Removes what a message says of an address that is someone else's. */
export const withoutEmail = (event: LeadEvent): LeadEvent => {
  if (event.traits === undefined) return event;
  const { email: _, ...traits } = event.traits;
  return { ...event, traits };
};

/** Groups messages into people in memory, by the decisions of the live path. */
export const createPeople = (): People => {
  const holders = new Map<string, { key: PersonKey; holder: Holder }>();
  const leads = new Map<string, Entry>();
  const accounts = new Map<string, LeadEvent[]>();
  const nameOf = ({ kind, value }: PersonKey): string => `${kind}#${value}`;

  const follow = (id: string): Entry => {
    const entry = leads.get(id);
    if (entry === undefined) throw new Error(`no lead ${id}`);
    return entry.into === undefined ? entry : follow(entry.into);
  };
  const world: World = {
    holder: (key) => holders.get(nameOf(key))?.holder ?? null,
    person: follow,
  };

  const merge = (a: Entry, b: Entry): void => {
    const [survivor, merged] = survivorOf(a, b);
    for (const [id, event] of merged.events) if (!survivor.events.has(id)) survivor.events.set(id, event);
    merged.events.clear();
    merged.into = survivor.id;
    leads.set(survivor.id, {
      ...survivor,
      users: union(survivor.users, merged.users),
      emails: union(survivor.emails, merged.emails),
    });
  };

  const perform = (step: Step): void => {
    switch (step.do) {
      case 'create':
      case 'claim': {
        const { lead, users, emails } = step;
        const known = leads.has(lead)
          ? follow(lead)
          : { id: lead, createdAt: leads.size, users, emails, events: new Map<string, LeadEvent>() };
        leads.set(known.id, {
          ...known,
          users: union(known.users, users),
          emails: union(known.emails, emails),
        });
        return;
      }
      case 'hold':
        holders.set(nameOf(step.key), {
          key: step.key,
          holder: withOwner(world.holder(step.key), step.lead, step.since, step.scope),
        });
        return;
      case 'confirm': {
        const holder = world.holder(step.key);
        if (holder !== null)
          holders.set(nameOf(step.key), { key: step.key, holder: { ...holder, scope: 'server' } });
        return;
      }
      case 'merge': {
        const [a, b] = [follow(step.leads[0]), follow(step.leads[1])];
        if (a.id !== b.id) merge(a, b);
        return;
      }
      default:
        step satisfies never;
    }
  };

  const leadOf = (
    message: Message,
    scope: Scope,
  ): { ok: true; lead: string; dropEmail: boolean } | { ok: false; reason: string } => {
    if (message.leadId !== undefined)
      return leads.has(message.leadId)
        ? { ok: true, lead: follow(message.leadId).id, dropEmail: false }
        : { ok: false, reason: 'no such lead' };
    const claimed = claimOf(message);
    if (!claimed.ok) return claimed;
    const known = settled(claimed.claim, scope, message.occurredAt, (key) => world.holder(key));
    if (known !== null) return { ok: true, lead: follow(known).id, dropEmail: false };
    for (;;) {
      const decision = decide(claimed.claim, scope, message.occurredAt, world);
      if (!decision.ok) return decision;
      for (const step of decision.steps) perform(step);
      if (!decision.again) return { ...decision, lead: follow(decision.lead).id };
    }
  };

  return {
    accounts,
    add: (message, scope = 'server') => {
      const found = leadOf(message, scope);
      if (!found.ok) return found;
      const event = found.dropEmail ? withoutEmail(toLeadEvent(message)) : toLeadEvent(message);
      const log = follow(found.lead).events;
      const name = `${message.key}#${event.id}`;
      if (!log.has(name)) log.set(name, event);
      if (event.groupId !== undefined) {
        const told = accounts.get(event.groupId) ?? [];
        accounts.set(event.groupId, told);
        told.push(event);
      }
      return { ok: true, lead: found.lead };
    },
    all: () => {
      const anonymousIds = new Map<string, string[]>();
      for (const { key, holder } of holders.values()) {
        if (key.kind !== 'anonymous') continue;
        const owner = ownerAt(holder, Infinity);
        if (owner === null) continue;
        const { id } = follow(owner);
        anonymousIds.set(id, [...(anonymousIds.get(id) ?? []), key.value]);
      }
      return [...leads.values()]
        .filter(({ into }) => into === undefined)
        .map(({ events, into: _, ...person }) => ({
          ...person,
          anonymousIds: anonymousIds.get(person.id) ?? [],
          events: [...events.values()],
        }));
    },
  };
};
