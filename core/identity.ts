import { createHash } from 'node:crypto';
import type { Message } from './message.ts';

/** What names a person. */
export interface PersonKey {
  readonly kind: 'user' | 'email' | 'anonymous';
  readonly value: string;
}

/** Whose key sent a message: a browser's is public, so what it says of others is not believed. */
export type Scope = 'browser' | 'server';

/** What a message says about who it is from; at least one is there. */
export interface Claim {
  readonly user?: string;
  readonly email?: string;
  readonly anonymous?: string;
  /** The other id of an `alias`. */
  readonly previous?: string;
}

/**
 * Who holds a key. An anonymous id may have several owners one after the other (a shared browser): a message belongs
 * to whoever owned it when it occurred, so that a copy of an old message still finds its lead.
 */
export interface Holder {
  /** By `since`, UTC milliseconds; the first one also owns what was before. */
  readonly owners: readonly { readonly lead: string; readonly since: number }[];
  /** `server` once a server key has used it. */
  readonly scope: Scope;
}

/** What is known of a lead, as far as identity goes. */
export interface Person {
  readonly id: string;
  readonly createdAt: number;
  readonly users: readonly string[];
  readonly emails: readonly string[];
}

export interface World {
  holder(key: PersonKey): Holder | null;
  /** The lead, or the one that it was merged into. */
  person(leadId: string): Person;
}

/** One change of who is who; each is made conditionally, so that races have one winner. */
export type Step =
  | {
      readonly do: 'create';
      readonly lead: string;
      readonly users: readonly string[];
      readonly emails: readonly string[];
    }
  | {
      readonly do: 'claim';
      readonly lead: string;
      readonly users: readonly string[];
      readonly emails: readonly string[];
      readonly alias: boolean;
    }
  | {
      readonly do: 'hold';
      readonly key: PersonKey;
      readonly lead: string;
      readonly since: number;
      readonly scope: Scope;
    }
  | { readonly do: 'confirm'; readonly key: PersonKey }
  | { readonly do: 'merge'; readonly leads: readonly [string, string]; readonly alias: boolean };

export type Decision =
  /** After these steps the message belongs to `lead`; after a merge it must be decided again. */
  | {
      readonly ok: true;
      readonly lead: string;
      readonly steps: readonly Step[];
      readonly again: boolean;
      /** The e-mail is someone else's, and must not become this lead's. */ readonly dropEmail: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** What programs send when they do not know who it is; two people with one of these are not one person. */
const PLACEHOLDERS = new Set(
  [
    'undefined', 'null', 'none', 'nil', 'nan', 'anonymous', 'anon', 'guest', 'unknown', 'visitor', 'user', 'userid', 'user_id',
    'anonymousid', 'anonymous_id', 'distinct_id', 'distinctid', 'id', 'email', 'true', 'false', '0', '-1', '-', 'n/a', 'na',
    'not_authenticated', 'notauthenticated', '[object object]', '[]', '{}', '""', "''", '00000000-0000-0000-0000-000000000000',
  ],
); // prettier-ignore

/** Whether an id names nobody in particular. @example isPlaceholder(' [object Object]') // true */
export const isPlaceholder = (id: string): boolean => {
  const plain = id.trim().toLowerCase();
  return plain === '' || PLACEHOLDERS.has(plain);
};

/** Who a message says it is from, or why that cannot be. */
export const claimOf = (
  message: Pick<Message, 'userId' | 'anonymousId' | 'previousId' | 'email'>,
): { readonly ok: true; readonly claim: Claim } | { readonly ok: false; readonly reason: string } => {
  for (const field of ['userId', 'anonymousId', 'previousId'] as const) {
    const id = message[field];
    if (id !== undefined && isPlaceholder(id))
      return { ok: false, reason: `${field} is a placeholder: ${id}` };
  }
  const claim: Claim = {
    ...(message.userId === undefined ? {} : { user: message.userId }),
    ...(message.email === undefined ? {} : { email: message.email }),
    ...(message.anonymousId === undefined ? {} : { anonymous: message.anonymousId }),
    ...(message.previousId === undefined ? {} : { previous: message.previousId }),
  };
  if (Object.keys(claim).length === 0) return { ok: false, reason: 'names nobody' };
  return { ok: true, claim };
};

const key = (kind: PersonKey['kind'], value: string | undefined): PersonKey | null =>
  value === undefined ? null : { kind, value };

/** Every key that a claim touches, the strongest first. */
export const keysOf = (claim: Claim): PersonKey[] =>
  [
    key('user', claim.user),
    key('email', claim.email),
    key('user', claim.previous),
    key('anonymous', claim.anonymous),
    key('anonymous', claim.previous),
  ].filter((each) => each !== null);

/** Derived from the key that the lead is first known by, so that two first messages at once make one lead. */
export const leadIdOf = ({ kind, value }: PersonKey): string =>
  createHash('sha256').update(`${kind}#${value}`).digest('hex').slice(0, 24);

/** Who owned the key at an instant. */
export const ownerAt = ({ owners }: Holder, at: number): string | null =>
  (owners.findLast(({ since }) => since <= at) ?? owners[0])?.lead ?? null;

/** At most this many owners of one key are remembered; whoever shares more browsers is no person. */
const MAX_OWNERS = 20;

/** The holder after `lead` owns the key from `since` on, until the next owner known. */
export const withOwner = (holder: Holder | null, lead: string, since: number, scope: Scope): Holder => ({
  owners: [...(holder?.owners ?? []).filter((owner) => owner.since !== since), { lead, since }]
    .sort((a, b) => a.since - b.since)
    .slice(-MAX_OWNERS),
  scope: holder?.scope === 'server' ? 'server' : scope,
});

/** Of two leads the older survives; of two made at the same instant the one with the smaller id. */
export const survivorOf = <P extends Pick<Person, 'id' | 'createdAt'>>(
  a: P,
  b: P,
): readonly [survivor: P, merged: P] =>
  a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? [a, b] : [b, a];

type Names = Pick<Person, 'users' | 'emails'>;

const disjoint = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((each) => b.includes(each));

/**
 * Whether nothing says that these are two people: different user ids do, and where one has none, different e-mail
 * addresses do (two people who fill in forms on one computer).
 */
export const mayBeOne = (a: Names, b: Names): boolean => {
  if (disjoint(a.users, b.users)) return false;
  return (a.users.length > 0 && b.users.length > 0) || !disjoint(a.emails, b.emails);
};

export const union = (a: readonly string[], b: readonly string[]): readonly string[] => [
  ...new Set([...a, ...b]),
];

/** Who a message is from, and what must be changed for that to hold. Pure: the live path and `people.ts` both ask it. */
export const decide = (claim: Claim, scope: Scope, at: number, world: World): Decision =>
  scope === 'server' ? decideServer(claim, at, world) : decideBrowser(claim, at, world);

/**
 * The lead of a message whose keys all lead to one already, so that nothing must change; null where that takes a
 * decision. It needs nothing but the holders, which is what makes known leads cheap.
 */
export const settled = (
  claim: Claim,
  scope: Scope,
  at: number,
  holder: (key: PersonKey) => Holder | null,
): string | null => {
  if (claim.previous !== undefined || (scope === 'browser' && claim.anonymous === undefined)) return null;
  const holders = keysOf(claim).map(holder);
  const leads = holders.map(
    (each) => each && (scope === 'browser' || each.scope === 'server') && ownerAt(each, at),
  );
  const [first] = leads;
  return typeof first === 'string' && leads.every((lead) => lead === first) ? first : null;
};

/** Collects the steps toward one lead. */
class Plan {
  readonly steps: Step[] = [];
  private merging = false;
  readonly target: Person;
  private readonly scope: Scope;
  private readonly at: number;
  private readonly world: World;

  constructor(
    found: Person | null,
    first: PersonKey,
    names: Names,
    scope: Scope,
    at: number,
    world: World,
    alias = false,
  ) {
    this.scope = scope;
    this.at = at;
    this.world = world;
    const { users, emails } = names;
    if (found === null) {
      this.target = { id: leadIdOf(first), createdAt: Infinity, users, emails };
      this.steps.push({ do: 'create', lead: this.target.id, users, emails });
      return;
    }
    this.target = { ...found, users: union(found.users, users), emails: union(found.emails, emails) };
    const missing =
      this.target.users.length > found.users.length || this.target.emails.length > found.emails.length;
    if (missing) this.steps.push({ do: 'claim', lead: found.id, users, emails, alias });
  }

  /** The key leads to the target from now on, if nothing says that its lead is another person. */
  join(key: PersonKey | null, otherwise: 'leave' | 'move', alias = false): void {
    if (key === null) return;
    const holder = this.world.holder(key);
    const owner = ownerOf(key, this.at, this.world);
    if (holder === null || owner === null) return void this.hold(key);
    if (owner.id === this.target.id) return this.confirm(key, holder);
    if (alias || mayBeOne(owner, this.target)) {
      this.merging = true;
      this.steps.push({ do: 'merge', leads: [this.target.id, owner.id], alias });
    } else if (otherwise === 'move') this.hold(key);
  }

  hold(key: PersonKey): void {
    this.steps.push({ do: 'hold', key, lead: this.target.id, since: this.at, scope: this.scope });
  }

  private confirm(key: PersonKey, holder: Holder): void {
    if (this.scope === 'server' && holder.scope === 'browser') this.steps.push({ do: 'confirm', key });
  }

  decision(dropEmail = false): Decision {
    return { ok: true, lead: this.target.id, steps: this.steps, again: this.merging, dropEmail };
  }
}

const ownerOf = (key: PersonKey | null, at: number, world: World): Person | null => {
  const holder = key && world.holder(key);
  const lead = holder && ownerAt(holder, at);
  return lead === null ? null : world.person(lead);
};

const firstOf = (...keys: readonly (PersonKey | null)[]): PersonKey => {
  const first = keys.find((each) => each !== null);
  if (first === undefined) throw new Error('a claim without a key');
  return first;
};

const decideServer = (claim: Claim, at: number, world: World): Decision => {
  const [user, email, anonymous] = [
    key('user', claim.user),
    key('email', claim.email),
    key('anonymous', claim.anonymous),
  ];
  const before = key('user', claim.previous);
  const users = [claim.user, claim.previous].filter((each) => each !== undefined);
  const byEmail = ownerOf(email, at, world);
  const emails = claim.email === undefined ? [] : [claim.email];
  const names = { users, emails };
  const weaker = [email, anonymous, key('anonymous', claim.previous)].map((each) => ownerOf(each, at, world));
  const found =
    ownerOf(user, at, world) ??
    ownerOf(before, at, world) ??
    weaker.find((person) => person !== null && mayBeOne(person, names)) ??
    null;
  // An address that another person holds stays theirs: it is not claimed here, only kept as what the message said.
  const free =
    byEmail === null ||
    byEmail.id === found?.id ||
    (found !== null && mayBeOne(byEmail, { ...found, users: union(found.users, users) }));
  const alias = before !== null;
  const plan = new Plan(
    found,
    firstOf(user, email, anonymous),
    { users, emails: free ? emails : [] },
    'server',
    at,
    world,
    alias,
  );
  plan.join(user, 'leave', alias);
  plan.join(before, 'leave', true);
  plan.join(email, 'leave');
  plan.join(anonymous, 'move');
  plan.join(key('anonymous', claim.previous), 'move');
  return plan.decision();
};

/**
 * A browser's message belongs to its anonymous id; a user id or e-mail that it gives links only if nobody holds it.
 * A known person is only who that browser has been before.
 */
const decideBrowser = (claim: Claim, at: number, world: World): Decision => {
  if (claim.previous !== undefined) return { ok: false, reason: 'an alias needs a server key' };
  const [user, email, anonymous] = [
    key('user', claim.user),
    key('email', claim.email),
    key('anonymous', claim.anonymous),
  ];
  const [byUser, byEmail] = [ownerOf(user, at, world), ownerOf(email, at, world)];
  if (anonymous === null) return decideNamed(claim, at, world);
  const browser = ownerOf(anonymous, at, world);
  const beenHere = (person: Person): boolean =>
    (world.holder(anonymous)?.owners ?? []).some(({ lead }) => world.person(lead).id === person.id);

  const named = user === null ? byEmail : byUser;
  const known = named !== null && named.id !== browser?.id;
  const returns = known && beenHere(named);
  const said = {
    users: claim.user === undefined ? [] : [claim.user],
    emails: claim.email === undefined ? [] : [claim.email],
  };
  if (known && !returns && browser !== null && !mayBeOne(browser, said))
    return { ok: false, reason: 'a browser key cannot link to a person that another lead is' };
  const newUser = byUser === null ? said.users : [];
  const newEmail = byEmail === null ? said.emails : [];
  const names = { users: known ? [] : said.users, emails: newEmail };
  const found = returns ? named : browser !== null && mayBeOne(browser, names) ? browser : null;
  const linked = [newUser.length > 0 ? user : null, newEmail.length > 0 ? email : null];
  const plan = new Plan(
    found,
    firstOf(...linked, anonymous),
    { users: newUser, emails: newEmail },
    'browser',
    at,
    world,
  );
  for (const each of linked) plan.join(each, 'leave');
  if (browser?.id !== plan.target.id) plan.hold(anonymous);
  return plan.decision(byEmail !== null && byEmail.id !== plan.target.id);
};

/** A browser's message without an anonymous id: it may speak for those whom only browsers have named. */
const decideNamed = (claim: Claim, at: number, world: World): Decision => {
  const [user, email] = [key('user', claim.user), key('email', claim.email)];
  const first = firstOf(user, email);
  const holder = world.holder(first);
  if (holder?.scope === 'server')
    return {
      ok: false,
      reason: `a browser key cannot speak for a known ${first.kind} without an anonymousId`,
    };
  const byEmail = ownerOf(email, at, world);
  const found = ownerOf(first, at, world);
  const newEmail = claim.email !== undefined && byEmail === null ? [claim.email] : [];
  const users = claim.user === undefined ? [] : [claim.user];
  const plan = new Plan(found, first, { users, emails: newEmail }, 'browser', at, world);
  if (found === null) plan.hold(first);
  if (newEmail.length > 0 && first !== email) plan.join(email, 'leave');
  return plan.decision(byEmail !== null && byEmail.id !== plan.target.id);
};
