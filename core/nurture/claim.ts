/** What names one message that goes out: at most one is ever sent for it. */
export interface MessageName {
  /** The lead's, or the account's where the message is about one; each has claims of its own. */
  readonly leadId: string;
  /** The journey's or handoff's entry. */
  readonly entry: string;
  /** The step's place in the journey (`2`, `3.then.1`), or `mail` and `slack` of a handoff. */
  readonly step: string;
  /** Counts how often the lead came by this step in this entry, from 0. */
  readonly visit: number;
}

/**
 * What became of a message. Without an outcome it is `unknown`: it may have gone out, and is never sent again by itself.
 * Two are tried again: `throttled` (the service took nothing and asked to be left alone for a while) and `later` (it is
 * put off: quiet hours, too many mails, the account's rate). A person makes `dismissed` or `resent` of an unknown one;
 * a resent one goes out under a name of its own.
 */
export type Outcome =
  | 'sent'
  | 'suppressed'
  | 'stopped'
  | 'refused'
  | 'throttled'
  | 'later'
  | 'skipped'
  | 'dismissed'
  | 'resent'
  | 'unknown';

/** The outcomes after which the same message may be claimed again. */
export const OPEN_OUTCOMES: readonly Outcome[] = ['throttled', 'later'];

/** The name under which a person has a message sent once more. @example resentName({ step: '2', … }).step // '2.again' */
export const resentName = (name: MessageName): MessageName => ({ ...name, step: `${name.step}.again` });

/** The entry under which a handoff's messages are claimed. @example handoffEntry(3) // 'handoff-3' */
export const handoffEntry = (entry: number): string => `handoff-${entry}`;

/** The handoff's own number, or null of what is no handoff's entry. @example readHandoffEntry('handoff-3') // 3 */
export const readHandoffEntry = (entry: string): number | null => {
  const [, number] = /^handoff-(\d{1,9})$/.exec(entry) ?? [];
  return number === undefined ? null : Number(number);
};

/**
 * The claim as a message tag, which SES gives back with every event; tags take letters, digits, `_` and `-` only.
 * @example claimTag({ entry: 'warm-up-4f', step: '3.then.1', visit: 0, … }) // 'warm-up-4f_3-then-1_0'
 */
export const claimTag = ({ entry, step, visit }: Omit<MessageName, 'leadId'>): string =>
  `${entry}_${step.replaceAll('.', '-')}_${visit}`;

/** A tag takes so many characters. */
const LONGEST_TAG = 255;

/**
 * The tag by which SES gives an account back; an id may hold anything, and tags take little.
 * @returns nothing of an id that is too long: what becomes of its mails nobody tells
 */
export const accountTag = (accountId: string): { readonly account?: string } => {
  const account = Buffer.from(accountId).toString('base64url');
  return account.length > LONGEST_TAG ? {} : { account };
};

/** The account that a tag names. */
export const readAccountTag = (tag: string): string => Buffer.from(tag, 'base64url').toString();

/** The claim that a tag names, or null. */
export const readClaimTag = (leadId: string, tag: string): MessageName | null => {
  const parts = /^([A-Za-z0-9-]{1,128})_([a-z0-9-]{1,64})_(\d{1,6})$/.exec(tag);
  const [, entry, step, visit] = parts ?? [];
  if (entry === undefined || step === undefined || visit === undefined) return null;
  return { leadId, entry, step: step.replaceAll('-', '.'), visit: Number(visit) };
};
