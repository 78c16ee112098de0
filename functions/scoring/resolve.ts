import { decide, settled, type Step } from '../../core/engine/decide.ts';
import { type ErasedAt, isForgotten, nextLeadId, withoutErased } from '../../core/identity/erased.ts';
import {
  claimOf,
  keysOf,
  mayBeOne,
  union,
  withOwner,
  type Claim,
  type Holder,
  type Names,
  type Person,
  type PersonKey,
  type Scope,
} from '../../core/identity/identity.ts';
import { newLead, type Lead } from '../../core/lead.ts';
import type { Message } from '../../core/message/message.ts';
import { Conflict } from '../errors.ts';
import { log } from '../log.ts';
import { keyName, type ScorePorts } from '../ports.ts';
import { mergeLeads } from './merge.ts';

export type Resolved =
  | { readonly ok: true; readonly lead: string; readonly dropEmail: boolean }
  | { readonly ok: false; readonly reason: string }
  /** It is of a person whose data was erased: nothing of it is kept. */
  | { readonly ok: 'erased' };

export interface Sent {
  readonly message: Message;
  readonly scope: Scope;
  /** When it came in, UTC milliseconds; what it says itself counts where that is not known. */
  readonly receivedAt?: number;
}

/** How often who is who is decided again because someone else changed it. */
const TRIES = 12;
/** Ids claimed for one lead that are remembered on it; the keys themselves stay. */
const MAX_CLAIMED = 8;
/** How often one person may be erased and come back. */
const COMEBACKS = 50;

/**
 * Finds the lead of each message, in order: a message may change who the next one is from. Known people cost one
 * batched read of their keys, a moment old at most; whatever must change is read and decided consistently.
 * @param anew looks at every lead again: a key may still lead to one that was erased
 * @returns null for a message for which this failed: it must come again
 */
export const resolveAll = async (
  ports: ScorePorts,
  sent: readonly Sent[],
  anew = false,
): Promise<(Resolved | null)[]> => {
  const keys = sent.flatMap(({ message }) => {
    const claimed = message.leadId === undefined ? claimOf(message) : null;
    return claimed?.ok ? keysOf(claimed.claim) : [];
  });
  const unique = new Map(keys.map((key) => [keyName(key), key]));
  const holders = new Map(await ports.identities.holders([...unique.values()], false));
  const resolve = (one: Sent): Promise<Resolved> | Resolved => {
    const { message, scope } = one;
    if (message.leadId !== undefined) return named(ports, message.leadId, scope);
    const claimed = claimOf(message);
    if (!claimed.ok) return claimed;
    const holderOf = (key: PersonKey): Holder | null => holders.get(keyName(key)) ?? null;
    const lead = anew ? null : settled(claimed.claim, scope, message.occurredAt, holderOf);
    // Whoever held a key before others do may have been erased since.
    const isLast = (key: PersonKey): boolean => holderOf(key)?.owners.at(-1)?.lead === lead;
    return lead === null || !keysOf(claimed.claim).every(isLast)
      ? settle(ports, claimed.claim, one, holders)
      : { ok: true, lead, dropEmail: false };
  };
  const resolved: (Resolved | null)[] = [];
  for (const one of sent)
    try {
      resolved.push(await resolve(one));
    } catch (error) {
      log.error('whose message it is was not found', {
        message: one.message.messageId,
        error: error as Error,
      });
      resolved.push(null);
    }
  return resolved;
};

/** A message that names the lead itself: our own mails' events, and senders that we trust. */
const named = async (ports: ScorePorts, leadId: string, scope: Scope): Promise<Resolved> => {
  if (scope === 'browser') return { ok: false, reason: 'a browser key may not name a lead by leadId' };
  const lead = await survivor(ports, leadId);
  if (lead === null) return { ok: false, reason: `there is no lead ${leadId}` };
  // Whoever it was comes back under another id.
  return lead.erased === undefined ? { ok: true, lead: leadId, dropEmail: false } : { ok: 'erased' };
};

/** Reads, decides, and does what the decision wants, until nothing is in its way. */
const settle = async (
  ports: ScorePorts,
  claim: Claim,
  { message: { occurredAt: at }, scope, receivedAt = at }: Sent,
  cache: Map<string, Holder>,
): Promise<Resolved> => {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const holders = new Map(await ports.identities.holders(keysOf(claim), true));
    const { people, erasedAt } = await knownBy(ports, holders);
    const isOld = (key: PersonKey): boolean =>
      isForgotten(holders.get(keyName(key)), at, receivedAt, erasedAt);
    if (keysOf(claim).some(isOld)) return { ok: 'erased' };
    const nobody = (id: string): Person => ({ id, createdAt: Infinity, users: [], emails: [] });
    const decision = decide(claim, scope, at, {
      holder: (key) => {
        const holder = holders.get(keyName(key));
        return holder === undefined ? null : withoutErased(holder, at, erasedAt);
      },
      person: (id) => people.get(id) ?? nobody(id),
    });
    if (!decision.ok) return decision;
    const lead = await perform(ports, decision.lead, decision.steps, holders);
    for (const [name, holder] of holders) cache.set(name, holder);
    if (lead !== null && !decision.again) return { ok: true, lead, dropEmail: decision.dropEmail };
    if (lead === null) await ports.pause(attempt);
  }
  throw new Conflict('who a message is from changed while it was decided');
};

/** Follows a lead to the one that it was merged into. */
const survivor = async ({ leads }: Pick<ScorePorts, 'leads'>, id: string): Promise<Lead | null> => {
  let lead = await leads.read(id);
  while (lead?.into !== undefined && lead.erased === undefined) lead = await leads.read(lead.into);
  return lead;
};

/** The leads behind these keys, each by the id that a key names it by, and which of them were erased. */
const knownBy = async (
  ports: ScorePorts,
  holders: ReadonlyMap<string, Holder>,
): Promise<{ people: ReadonlyMap<string, Person>; erasedAt: ErasedAt }> => {
  const ids = new Set([...holders.values()].flatMap(({ owners }) => owners.map(({ lead }) => lead)));
  const people = new Map<string, Person>();
  const erased = new Map<string, number>();
  for (const id of ids) {
    const lead = await survivor(ports, id);
    if (lead?.erased !== undefined) erased.set(id, lead.erased.at);
    else if (lead !== null) people.set(id, lead);
  }
  return { people, erasedAt: (id) => erased.get(id) };
};

/**
 * Does the steps in order; null where someone else was first, so that all must be read and decided again. What a lead
 * is claimed for is written on the lead before the key: of two messages that give one lead two user ids, one wins.
 */
const perform = async (
  ports: ScorePorts,
  target: string,
  steps: readonly Step[],
  holders: Map<string, Holder>,
): Promise<string | null> => {
  let lead = target;
  for (const step of steps) {
    switch (step.do) {
      case 'create': {
        const made = await create(ports, step);
        if (made === null) return null;
        lead = made;
        break;
      }
      case 'claim':
        if ((await claim(ports, step.lead, step)) === null) return null;
        break;
      case 'hold':
        if (!(await hold(ports, step.key, lead, step, holders))) return null;
        break;
      case 'confirm': {
        const was = holders.get(keyName(step.key));
        if (was === undefined || was.scope === 'server') break;
        const confirmed: Holder = { ...was, scope: 'server' };
        if (!(await ports.identities.hold(step.key, confirmed, was))) return null;
        holders.set(keyName(step.key), confirmed);
        break;
      }
      case 'merge':
        await mergeLeads(ports, step.leads, step.alias);
        break;
      default:
        step satisfies never;
    }
  }
  return lead;
};

/** Makes a lead; its id, or null. */
const create = async (ports: ScorePorts, step: Extract<Step, { do: 'create' }>): Promise<string | null> => {
  let id = step.lead;
  for (let before = 0; before < COMEBACKS; before += 1) {
    const made = newLead(id, ports.clock.now(), step);
    if (await ports.leads.commit({ ...made, version: 1 }, 0)) return id;
    const there = await survivor(ports, id);
    // An earlier try stopped after this, or someone else is at it: what is there may be meant.
    if (there?.erased === undefined) return claim(ports, id, { ...step, alias: false });
    id = nextLeadId(id, there.erased.at);
  }
  throw new Conflict(`lead ${step.lead} was erased ${COMEBACKS} times`);
};

const hold = async (
  { identities }: ScorePorts,
  key: PersonKey,
  lead: string,
  { since, scope }: { since: number; scope: Scope },
  holders: Map<string, Holder>,
): Promise<boolean> => {
  const was = holders.get(keyName(key)) ?? null;
  const holder = withOwner(was, lead, since, scope);
  if (key.kind === 'anonymous') await identities.note(lead, key);
  if (!(await identities.hold(key, holder, was))) return false;
  holders.set(keyName(key), holder);
  return true;
};

/** Adds ids to a lead, if nothing says by now that they are another person's; the lead's id, or null. */
const claim = async (
  ports: ScorePorts,
  id: string,
  { users, emails, alias }: { users: readonly string[]; emails: readonly string[]; alias: boolean },
): Promise<string | null> => {
  const lead = await survivor(ports, id);
  if (lead === null || lead.erased !== undefined) return null;
  if (!alias && !mayBeOne(lead, { users, emails })) return null;
  const all = { users: union(lead.users, users), emails: union(lead.emails, emails) };
  const claimed = {
    ...lead,
    version: lead.version + 1,
    users: all.users.slice(-MAX_CLAIMED),
    emails: all.emails.slice(-MAX_CLAIMED),
  };
  const same = claimed.users.length === lead.users.length && claimed.emails.length === lead.emails.length;
  for (const key of unnamed(all, same ? lead : claimed)) await ports.identities.note(lead.id, key);
  return same || (await ports.leads.commit(claimed, lead.version)) ? lead.id : null;
};

/** What a lead is known by and does not name itself: one that has too many names. */
const unnamed = (all: Names, { users, emails }: Names): readonly PersonKey[] => [
  ...all.users.filter((value) => !users.includes(value)).map((value): PersonKey => ({ kind: 'user', value })),
  ...all.emails
    .filter((value) => !emails.includes(value))
    .map((value): PersonKey => ({ kind: 'email', value })),
];
