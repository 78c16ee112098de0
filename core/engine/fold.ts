import { accountIdOf } from '../accounts/account-id.ts';
import { Activity } from './activity.ts';
import { asAttributes, setLeadTraits, setTraits } from './attributes.ts';
import type { Blueprint } from './blueprint.ts';
import type { Span } from './bounds.ts';
import type { LeadEvent } from '../event.ts';
import { type Hearing, hearingOf } from './hearing.ts';
import type { Attributes } from '../history.ts';
import type { Json, JsonObject } from '../json.ts';
import { adjustment } from './manual.ts';
import { compareIds } from './order.ts';
import { Section } from './section.ts';
import type { Tail } from './tail.ts';
import type { Reading } from './value.ts';

const KEYLESS: readonly string[] = [''];

/** A fold as plain JSON. */
type Saved = readonly [
  lead: JsonObject,
  groupId: string | null,
  accounts: readonly (readonly [id: string, values: JsonObject])[],
  activity: Json,
  tails: readonly Json[],
  sections: readonly (readonly (readonly [key: string, runs: Json, manual: Json])[])[],
];

/** Everything about one lead that its score still depends on: events taken in order, time passing only forward. */
export class Fold implements Reading {
  readonly #blueprint: Blueprint;
  readonly #keepsIds: boolean;
  readonly #lead = new Map<string, Json>();
  /** What the lead's own `group` messages say of accounts. */
  readonly #accounts = new Map<string, Map<string, Json>>();
  #groupId: string | null = null;
  /** What everybody's messages say of accounts. */
  readonly #given: ReadonlyMap<string, Map<string, Json>>;
  #stale = true;

  readonly activity: Activity;
  readonly tails: readonly Tail[];
  flags: boolean[] = [];
  factors: number[] = [];
  /** By score: the one section of a score without keys, or one for each key, in the order of their bytes, not of time. */
  readonly sections: readonly Section[][];
  readonly #byKey: readonly Map<string, Section>[];
  /** When the next thing ends with a jump. As settled. */
  due = Infinity;
  /** Whether anything moves between jumps. As settled. */
  fades = false;

  /** Whether it must be settled before anything can be told: attributes are others, or a key is new. */
  urgent = true;
  wasActive = false;
  wasTold = false;
  isActive = false;
  isTold = false;

  /** @param accountIds those of which everybody's messages are told */
  constructor(blueprint: Blueprint, accountIds: readonly string[], keepsIds: boolean) {
    this.#blueprint = blueprint;
    this.#keepsIds = keepsIds;
    this.#given = new Map(accountIds.map((id) => [id, new Map<string, Json>()]));
    this.activity = new Activity(blueprint.expiry);
    this.tails = blueprint.tails.map((create) => create());
    this.sections = blueprint.scores.map(() => []);
    this.#byKey = blueprint.scores.map(() => new Map<string, Section>());
    blueprint.scores.forEach(({ by }, score) => by ?? this.#section(score, ''));
  }

  #section(score: number, key: string): Section | undefined {
    const [known, sections, plan] = [this.#byKey[score], this.sections[score], this.#blueprint.scores[score]];
    if (!known || !sections || !plan) return undefined;
    const found = known.get(key);
    if (found) return found;
    const section = new Section(plan, key, this.#blueprint.expiry);
    known.set(key, section);
    sections.push(section);
    this.urgent = true;
    sections.sort((a, b) => compareIds(a.key, b.key));
    return section;
  }

  /** Takes the lead's next message. */
  take(event: LeadEvent): void {
    switch (event.type) {
      case 'identify':
        setLeadTraits(this.#lead, event.traits);
        this.#renew();
        return;
      case 'group':
        this.#group(event);
        return;
      case 'alias':
        return;
      case 'track':
      case 'page':
      case 'screen':
        if (event.name !== '') this.#happened(event);
        return;
      default:
        return event.type satisfies never;
    }
  }

  /** Takes the next message about an account, from whomever. */
  takeAccount(id: string, { traits }: LeadEvent): void {
    const given = this.#given.get(id);
    if (given) setTraits(given, traits);
    this.#renew();
  }

  /** Attributes are others than before. */
  #renew(): void {
    this.#stale = true;
    this.urgent = true;
  }

  #group({ groupId, traits }: LeadEvent): void {
    if (groupId === undefined || groupId === '') return;
    this.#groupId = groupId;
    const account = this.#accounts.get(groupId) ?? new Map<string, Json>();
    setTraits(account, traits);
    this.#accounts.set(groupId, account);
    this.#renew();
  }

  #happened(event: LeadEvent): void {
    const { occurredAt, id } = event;
    if (event.name === 'score.adjusted') {
      this.#act(occurredAt, false);
      this.#adjust(event);
      this.urgent = true;
    } else this.hear(hearingOf(this.#blueprint, event), occurredAt, this.#keepsIds ? id : '');
  }

  #act(at: number, active: boolean): void {
    if (active || this.#blueprint.retained || !this.activity.began) this.wasActive = this.isActive = true;
    this.activity.take(at, active);
  }

  /** Takes the lead's next event, of which the ruleset has heard what it hears. */
  hear({ active, awards, tails }: Hearing, at: number, id: string): void {
    this.#act(at, active);
    for (const { score, rule, from, until, keys, units, value } of awards) {
      if (at < from || at >= until) continue;
      for (const key of keys ?? KEYLESS) this.#section(score, key)?.take(rule, at, units, id, value);
    }
    for (const tail of tails) this.tails[tail]?.take(at);
    if (tails.length > 0) this.wasTold = this.isTold = true;
  }

  #adjust(event: LeadEvent): void {
    const adjusted = adjustment(event, this.#blueprint.byOf);
    if (!adjusted) return;
    const score = this.#blueprint.scores.findIndex(({ name }) => name === adjusted.score);
    this.#section(score, adjusted.key)?.manual.take(adjusted, event.occurredAt);
  }

  get lead(): Attributes {
    return asAttributes(this.#lead);
  }

  /** The lead's account: its newest `groupId`, else its e-mail's domain, unless that is free mail. */
  get accountId(): string | null {
    return accountIdOf(this.#blueprint.accountFrom, this.#groupId, this.#lead.get('email'));
  }

  get account(): Attributes {
    const id = this.accountId;
    if (id === null) return {};
    return asAttributes(this.#given.get(id) ?? this.#accounts.get(id) ?? new Map<string, Json>());
  }

  /** Reads what may have changed, after messages or a jump; what does not fade is the same until the next. */
  settle(now: number): void {
    const renewed = this.#refresh();
    this.due = Infinity;
    this.fades = false;
    for (const sections of this.sections)
      for (const section of sections) {
        section.settle(this, now, renewed);
        this.due = Math.min(this.due, section.due);
        this.fades ||= section.fades;
      }
    this.wasActive = this.isActive = false;
    this.wasTold = this.isTold = false;
    this.urgent = false;
  }

  /** Finds between what everything stays over a span that begins as settled. */
  bound(span: Span): void {
    for (const sections of this.sections) for (const section of sections) section.bound(this, span);
  }

  /** The same after messages, for what is left of the span: only what they touched is looked at; whether that was anything. */
  rebound(span: Span): boolean {
    let touched = false;
    for (const sections of this.sections)
      for (const section of sections) if (section.rebound(this, span)) touched = true;
    this.isActive = false;
    this.isTold = false;
    return touched;
  }

  /** Brings what depends on attributes up to date; whether anything may be other than before. */
  #refresh(): boolean {
    if (!this.#stale) return false;
    this.#stale = false;
    const { flags, factors } = this.#blueprint;
    if (flags.length === 0 && factors.length === 0) return false;
    const view = { lead: this.lead, account: this.#blueprint.readsAccount ? this.account : {} };
    this.flags = flags.map((test) => test(view));
    this.factors = factors.map((points) => points(view));
    return true;
  }

  /** Forgets what has ended at `now`. */
  passTo(now: number): void {
    for (const sections of this.sections) for (const section of sections) section.passTo(now);
    for (const tail of this.tails) tail.passTo(now);
  }

  /** The next instant after `now` at which inactivity costs once more. */
  nextRepeat(now: number): number {
    let next = Infinity;
    for (const sections of this.sections)
      for (const section of sections) next = Math.min(next, section.nextRepeat(this, now));
    return next;
  }

  /** The state of all events, whatever the attributes are: plain JSON. */
  save(): Json {
    const sections = this.sections.map((keyed) => keyed.map((section) => section.save()));
    const accounts = [...this.#accounts].map(([id, values]): Json => [id, asAttributes(values)]);
    return [
      asAttributes(this.#lead),
      this.#groupId,
      accounts,
      this.activity.save(),
      this.tails.map((tail) => tail.save()),
      sections,
    ];
  }

  /** @param numbers by score, and by number of a rule where this was saved, its number here; left out: the same */
  load(state: Json, numbers?: readonly (readonly number[])[]): void {
    const [lead, groupId, accounts, activity, tails, sections] = state as unknown as Saved;
    for (const [name, value] of Object.entries(lead)) this.#lead.set(name, value);
    this.#groupId = groupId;
    for (const [id, values] of accounts) this.#accounts.set(id, new Map(Object.entries(values)));
    this.activity.load(activity);
    this.tails.forEach((tail, n) => tail.load(tails[n] ?? []));
    sections.forEach((keyed, score) => {
      for (const section of keyed) this.#section(score, section[0])?.load(section, numbers?.[score]);
    });
    this.#renew();
  }
}
