import {
  keyOf,
  keysOf,
  leadIdOf,
  mayBeOne,
  ownerAt,
  union,
  type Claim,
  type Holder,
  type Names,
  type Person,
  type PersonKey,
  type Scope,
} from '../identity/identity.ts';

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
  let found: string | null = null;
  for (const key of keysOf(claim)) {
    const held = holder(key);
    // An address that only browsers have given is looked at again: a server may have given another one since.
    const isEnough = scope === 'browser' && key.kind !== 'email';
    const lead = held && (isEnough || held.scope === 'server') && ownerAt(held, at);
    if (typeof lead !== 'string' || (found !== null && lead !== found)) return null;
    found = lead;
  }
  return found;
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
    if (missing)
      this.steps.push({
        do: 'claim',
        lead: found.id,
        users: this.target.users,
        emails: this.target.emails,
        alias,
      });
  }

  /** The key leads to the target from now on, if nothing says that its lead is another person. */
  join(key: PersonKey | null, otherwise: 'leave' | 'move', alias = false): void {
    // After a merge the leads are others, and all is decided again.
    if (key === null || this.merging) return;
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
    keyOf('user', claim.user),
    keyOf('email', claim.email),
    keyOf('anonymous', claim.anonymous),
  ];
  const before = claim.previous === claim.user ? null : keyOf('user', claim.previous);
  const users = union(
    [claim.user, claim.previous].filter((each) => each !== undefined),
    [],
  );
  const byEmail = ownerOf(email, at, world);
  const emails = claim.email === undefined ? [] : [claim.email];
  const names = { users, emails };
  const weaker = [email, anonymous, keyOf('anonymous', claim.previous)].map((each) =>
    ownerOf(each, at, world),
  );
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
  plan.join(keyOf('anonymous', claim.previous), 'move');
  return plan.decision();
};

/** Every key that a person is claimed for. */
export const namesOf = ({ users, emails }: Names): PersonKey[] => [
  ...users.map((value): PersonKey => ({ kind: 'user', value })),
  ...emails.map((value): PersonKey => ({ kind: 'email', value })),
];

/**
 * Whether a browser's word is enough for where a person's mails go. Whoever knew an id or an address before its owner came
 * may be taken for that person's browser: once a server has named somebody who has an address, only a server gives them
 * another one.
 */
const isBelieved = (email: string, person: Names, world: World): boolean => {
  const isServers = (key: PersonKey): boolean => world.holder(key)?.scope === 'server';
  if (person.emails.length === 0 || !namesOf(person).some(isServers)) return true;
  if (!person.emails.includes(email)) return false;
  const emails = namesOf({ users: [], emails: person.emails });
  return isServers({ kind: 'email', value: email }) || !emails.some(isServers);
};

/**
 * A browser's message belongs to its anonymous id; a user id or e-mail that it gives links only if nobody holds it.
 * A known person is only who that browser has been before.
 */
const decideBrowser = (claim: Claim, at: number, world: World): Decision => {
  if (claim.previous !== undefined) return { ok: false, reason: 'an alias needs a server key' };
  const [user, email, anonymous] = [
    keyOf('user', claim.user),
    keyOf('email', claim.email),
    keyOf('anonymous', claim.anonymous),
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
  const freeEmail = byEmail === null ? said.emails : [];
  const names = { users: known ? [] : said.users, emails: freeEmail };
  const found = returns ? named : browser !== null && mayBeOne(browser, names) ? browser : null;
  const believed = claim.email === undefined || found === null || isBelieved(claim.email, found, world);
  const newEmail = believed ? freeEmail : [];
  const linked = [newUser.length > 0 ? user : null, newEmail.length > 0 ? email : null];
  const plan = new Plan(
    found,
    firstOf(...linked, anonymous),
    { users: newUser, emails: newEmail },
    'browser',
    at,
    world,
  );
  // The browser comes first: when this stops half way and the message comes again, what it links is still nobody's.
  if (browser?.id !== plan.target.id) plan.hold(anonymous);
  for (const each of linked) plan.join(each, 'leave');
  return plan.decision(!believed || (byEmail !== null && byEmail.id !== plan.target.id));
};

/**
 * A browser's message without an anonymous id: it may speak for those whom only browsers have named. Whoever has read an
 * id on a page is not yet that person: an address that they give goes to nobody who has one, or mails would go there.
 */
const decideNamed = (claim: Claim, at: number, world: World): Decision => {
  const [user, email] = [keyOf('user', claim.user), keyOf('email', claim.email)];
  const first = firstOf(user, email);
  const holder = world.holder(first);
  if (holder?.scope === 'server')
    return {
      ok: false,
      reason: `a browser key cannot speak for a known ${first.kind} without an anonymousId`,
    };
  const byEmail = ownerOf(email, at, world);
  const found = ownerOf(first, at, world);
  // One that this lead is claimed for already is what an earlier try was stopped at.
  const isFree = byEmail === null && (found === null || found.emails.length === 0);
  const isBegun =
    byEmail === null && claim.email !== undefined && found?.emails.includes(claim.email) === true;
  const newEmail = claim.email !== undefined && (isFree || isBegun) ? [claim.email] : [];
  const users = claim.user === undefined ? [] : [claim.user];
  const plan = new Plan(found, first, { users, emails: newEmail }, 'browser', at, world);
  if (found === null) plan.hold(first);
  if (newEmail.length > 0 && first !== email) plan.join(email, 'leave');
  return plan.decision(claim.email !== undefined && !plan.target.emails.includes(claim.email));
};
