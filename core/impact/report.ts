import type { Changed, Thing } from './difference.ts';
import type { Quality } from './quality.ts';

export type Counts = Readonly<Record<string, number>>;

/** How many went from one band to another. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** How many at once, and how many a week under each of the rulesets. */
export interface Rate {
  readonly now: number;
  readonly perWeekBefore: number;
  readonly perWeekAfter: number;
}

/** Mails of journeys. */
export interface MailRate extends Rate {
  /** Mails later on the ways that begin at once, if those leads do nothing more. */
  readonly following: number;
}

/** A lead that moves far. */
export interface TopLead {
  readonly lead: string;
  readonly email: string | null;
  readonly user: string | null;
  readonly before: { readonly total: number; readonly band: string; readonly qualified: boolean };
  readonly after: { readonly total: number; readonly band: string; readonly qualified: boolean };
  /** The rule that moves it most; null where no rule does (a limit, a weight, a threshold). */
  readonly rule: string | null;
  /** What that rule gives more or less; 0 without one. */
  readonly points: number;
}

/** What a change of the rules does to leads. */
export interface Impact {
  /** UTC milliseconds. */
  readonly at: number;
  /** From when on weeks are counted, UTC milliseconds. */
  readonly since: number;
  readonly leads: number;
  /** Messages of these leads until `at`. */
  readonly events: number;
  /** Leads whose points or standing differ in any way. */
  readonly touched: number;
  readonly rules: {
    readonly added: readonly Thing[];
    readonly changed: readonly Changed[];
    readonly removed: readonly Thing[];
    /** Rules of the new ruleset that nothing in the history ever matched. */
    readonly neverFired: readonly string[];
  };
  readonly bands: { readonly before: Counts; readonly after: Counts; readonly moves: readonly Move[] };
  readonly qualified: {
    readonly before: number;
    readonly after: number;
    readonly enter: number;
    readonly leave: number;
  };
  readonly handoffs: Rate;
  readonly mails: Nurture & { readonly journeys: Readonly<Record<string, Nurture>> };
  /** Null where neither ruleset adds people up. */
  readonly accounts: AccountImpact | null;
  readonly top: readonly TopLead[];
  readonly quality: { readonly before: Quality; readonly after: Quality } | null;
}

export interface AccountImpact {
  readonly before: Counts;
  readonly after: Counts;
  readonly moves: readonly Move[];
  readonly qualified: { readonly enter: number; readonly leave: number };
  readonly handoffs: Rate;
}

/** Mails, and the leads that begin a journey. */
export interface Nurture extends MailRate {
  readonly begin: Rate;
}

/** Whether a rate is told: something happens at once, or the weeks differ. */
export const isNews = ({ now, perWeekBefore, perWeekAfter }: Rate): boolean =>
  now > 0 || perWeekBefore !== perWeekAfter;

/** Whether a deployment would be felt: by any lead or account, at once or in the weeks after. */
export const isFelt = ({ touched, handoffs, mails, accounts }: Impact): boolean =>
  touched > 0 ||
  [handoffs, ...[mails, ...Object.values(mails.journeys)].flatMap((each) => [each, each.begin])].some(
    isNews,
  ) ||
  (accounts !== null &&
    (accounts.moves.length + accounts.qualified.enter + accounts.qualified.leave > 0 ||
      isNews(accounts.handoffs)));
