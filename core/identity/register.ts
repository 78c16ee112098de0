import { decide, settled, type Step, type World } from '../engine/decide.ts';
import { claimOf, keysOf, ownerAt, survivorOf, union, withOwner } from './identity.ts';
import type { Holder, Person, PersonKey, Scope } from './identity.ts';
import type { Message } from '../message/message.ts';

/** Whose a message is. */
export type Found =
  | {
      readonly ok: true;
      /** The number of the lead at this moment; it may be merged into another later. */
      readonly lead: number;
      /** The e-mail is someone else's, and must not become this lead's. */
      readonly dropEmail: boolean;
      /** Whether all messages with these names are this lead's, whenever they occurred, for as long as `version` stays. */
      readonly lasts: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** What a message says of who it is from. */
export type Naming = Pick<
  Message,
  'userId' | 'anonymousId' | 'previousId' | 'email' | 'leadId' | 'occurredAt'
>;

/** Who is who in a stream of messages, by the decisions of the live path; it keeps no message. */
export interface Register {
  add(message: Naming, scope?: Scope): Found;
  /** Rises when a name that was one lead's may be another's. */
  readonly version: number;
  /** How many numbers were given out, merged leads included; an older lead has the smaller number. */
  readonly count: number;
  /** The number of the lead that this one was merged into in the end, or its own. */
  survivor(lead: number): number;
  person(lead: number): Person;
  /** Anonymous ids by number of the lead that owns them in the end. */
  anonymousIds(): ReadonlyMap<number, readonly string[]>;
}

interface Entry extends Person {
  readonly number: number;
  users: readonly string[];
  emails: readonly string[];
  into: Entry | null;
}

export const createRegister = (): Register => {
  const holders: Readonly<Record<PersonKey['kind'], Map<string, Holder>>> = {
    user: new Map(),
    email: new Map(),
    anonymous: new Map(),
  };
  const leads = new Map<string, Entry>();
  const entries: Entry[] = [];
  let version = 0;

  const last = (entry: Entry): Entry => {
    let found = entry;
    while (found.into !== null) found = found.into;
    return found;
  };
  const follow = (id: string): Entry => {
    const entry = leads.get(id);
    if (entry === undefined) throw new Error(`no lead ${id}`);
    return last(entry);
  };
  const at = (number: number): Entry => entries[number] as Entry;
  const world: World = {
    holder: ({ kind, value }) => holders[kind].get(value) ?? null,
    person: follow,
  };

  const perform = (step: Step): void => {
    switch (step.do) {
      case 'create':
      case 'claim': {
        const { lead: id, users, emails } = step;
        if (!leads.has(id)) {
          const created = {
            id,
            number: entries.length,
            createdAt: entries.length,
            users,
            emails,
            into: null,
          };
          leads.set(id, created);
          entries.push(created);
          return;
        }
        const known = follow(id);
        known.users = union(known.users, users);
        known.emails = union(known.emails, emails);
        return;
      }
      case 'hold': {
        const { kind, value } = step.key;
        const before = world.holder(step.key);
        if (before !== null) version += 1;
        holders[kind].set(value, withOwner(before, step.lead, step.since, step.scope));
        return;
      }
      case 'confirm': {
        const holder = world.holder(step.key);
        if (holder !== null) holders[step.key.kind].set(step.key.value, { ...holder, scope: 'server' });
        return;
      }
      case 'merge': {
        const [a, b] = [follow(step.leads[0]), follow(step.leads[1])];
        if (a === b) return;
        const [survivor, merged] = survivorOf(a, b);
        survivor.users = union(survivor.users, merged.users);
        survivor.emails = union(survivor.emails, merged.emails);
        merged.into = survivor;
        version += 1;
        return;
      }
      default:
        step satisfies never;
    }
  };

  const foundAs = (id: string, dropEmail: boolean, lasts = false): Found => ({
    ok: true,
    lead: follow(id).number,
    dropEmail,
    lasts,
  });

  return {
    get count() {
      return entries.length;
    },
    get version() {
      return version;
    },
    survivor: (lead) => last(at(lead)).number,
    person: at,
    add: (message, scope = 'server') => {
      if (message.leadId !== undefined)
        return leads.has(message.leadId)
          ? foundAs(message.leadId, false)
          : { ok: false, reason: 'no such lead' };
      const claimed = claimOf(message);
      if (!claimed.ok) return claimed;
      const known = settled(claimed.claim, scope, message.occurredAt, (key) => world.holder(key));
      if (known !== null) {
        const lasts = keysOf(claimed.claim).every((key) => world.holder(key)?.owners.length === 1);
        return foundAs(known, false, lasts);
      }
      for (;;) {
        const decision = decide(claimed.claim, scope, message.occurredAt, world);
        if (!decision.ok) return decision;
        for (const step of decision.steps) perform(step);
        if (!decision.again) return foundAs(decision.lead, decision.dropEmail);
      }
    },
    anonymousIds: () => {
      const found = new Map<number, string[]>();
      for (const [value, holder] of holders.anonymous) {
        const owner = ownerAt(holder, Infinity);
        if (owner === null) continue;
        const { number } = follow(owner);
        const known = found.get(number);
        if (known) known.push(value);
        else found.set(number, [value]);
      }
      return found;
    },
  };
};
