/** The names that a template may begin with; anything else is a slip of the pen. */
export const MAIL_VARIABLES = {
  /** What a journey's mail knows. */
  journey: ['lead', 'account', 'sender', 'preheader', 'subject', 'unsubscribe_url', 'preferences_url'],
  /** What the handoff mail knows: an internal one, without a link to unsubscribe. */
  handoff: ['lead', 'account', 'sender', 'preheader', 'subject', 'handoff'],
  /** What the mail for the handoff of an account knows. */
  accountHandoff: ['account', 'sender', 'preheader', 'subject', 'handoff'],
  /** What the morning mail knows. */
  morning: ['sender', 'preheader', 'subject', 'morning'],
} as const;

/** The mail that `handoff.yaml` sends to the owner; journeys may not send it. */
export const HANDOFF_EMAIL = 'handoff';

/** The same for an account that its people qualified together. */
export const ACCOUNT_HANDOFF_EMAIL = 'account-handoff';

/** What a journey's `notify` tells a team by mail; it is made of no template. */
export const NOTE_EMAIL = 'note';

/**
 * What a claim is called that no template stands behind. None of these is made again: a chat, a webhook and a note say
 * what was so at that moment.
 */
export const isSaidOnce = (email: string): boolean =>
  [NOTE_EMAIL, 'slack', 'teams', 'webhook'].includes(email);

/** Whom to call today, for each owner; optional. */
export const MORNING_EMAIL = 'morning';
