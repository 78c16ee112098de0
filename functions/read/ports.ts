import type { Held } from '../handoffs/held.ts';
import type { Account } from '../../core/accounts/account-projection.ts';
import type { Lead } from '../../core/lead.ts';
import type { QuarantineItem } from '../../core/view/event.ts';
import type { HandoffView } from '../../core/view/handoff.ts';
import type { MailView } from '../../core/view/mail.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import type { JourneyPorts } from './journeys.ts';
import type { EmailPorts, Emails } from './emails.ts';
import type { Unsettled } from './unsettled.ts';
import type { Quarantined, QuarantineRef } from '../quarantine.ts';
import type { PublishedRulesets } from './published.ts';
import type { HandoffWeeks } from '../aws/handoff-weeks.ts';
import type { Accounts, Clock, Identities, Leads, RolledUp, Rulesets } from '../ports.ts';

/** Finds leads where the indexes list them; may be a moment behind. */
export interface Directory {
  /** Ids of the leads that came into a band last, newest first. */
  newest(band: string, limit: number): Promise<readonly string[]>;
  /** How many stand in a band, counted up to `limit`. */
  count(band: string, limit: number): Promise<number>;
  /** Ids of leads whose name begins like this, by name. */
  named(prefix: string, limit: number): Promise<readonly string[]>;
  /** The leads that exist, in the order of their ids. */
  read(ids: readonly string[]): Promise<readonly Lead[]>;
}

/** Finds accounts where the index lists them; may be a moment behind. */
export interface AccountDirectory {
  /** Ids of the accounts that came into a band last ('' where there are no bands), newest first. */
  newest(band: string, limit: number): Promise<readonly string[]>;
  /** The accounts that exist, in the order of their ids. */
  read(ids: readonly string[]): Promise<readonly Account[]>;
}

/** What was sent to a lead, and whom it, or an account, was handed to. */
export interface Sent {
  mails(leadId: string): Promise<readonly MailView[]>;
  handoffs(leadId: string): Promise<readonly HandoffView[]>;
  handoffsOfAccount(accountId: string): Promise<readonly HandoffView[]>;
}

/** What was refused. */
export interface Refused {
  /** Newest first. @param now UTC milliseconds, as is since */
  newest(now: number, since: number, limit: number): Promise<readonly QuarantineItem[]>;
  /** Null if it is there no more. */
  find(ref: QuarantineRef): Promise<Quarantined | null>;
}

export interface ReadPorts extends JourneyPorts {
  readonly journeys: Pick<RulesetParts, 'live' | 'journeys' | 'handoff'>;
  readonly clock: Clock;
  readonly leads: Pick<Leads, 'read' | 'log'>;
  readonly directory: Directory;
  readonly accountDirectory: AccountDirectory;
  readonly rolledUp: Pick<RolledUp, 'read' | 'members'>;
  readonly identities: Pick<Identities, 'holders'>;
  readonly rulesets: Pick<Rulesets, 'live'>;
  readonly published: PublishedRulesets;
  readonly accounts: Pick<Accounts, 'history'>;
  readonly sent: Sent;
  readonly handoffWeeks: HandoffWeeks;
  readonly held: Pick<Held, 'list'>;
  readonly refused: Refused;
  readonly unsettled: Unsettled;
  readonly emails: Emails;
  readonly parts: EmailPorts['parts'];
  /** Where the console signs in. */
  readonly config: { readonly issuer: string; readonly clientId: string };
}
