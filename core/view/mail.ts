export interface MailView {
  readonly journey: string | null;
  readonly step: string;
  readonly email: string;
  readonly subject: string | null;
  readonly at: number;
  readonly outcome: string;
}

/** `GET /api/mails?outcome=unknown`: a message that may have gone out, or not; a person decides. */
export interface UnsettledMail {
  /** Names it in `POST /api/mails/{id}/resend` and `…/dismiss`. */
  readonly id: string;
  /** Whom it is about; null where it is about an account. */
  readonly lead: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  readonly account: string | null;
  /** Null where it went to sales. */
  readonly journey: string | null;
  readonly step: string;
  /** The template; `slack`, `teams`, `webhook` or `note` for what no template stands behind. */
  readonly email: string;
  /** Whether it can be sent again; else it can only be dismissed. */
  readonly again: boolean;
  readonly subject: string | null;
  /** When it was about to go out, UTC milliseconds. */
  readonly at: number;
}

/** Oldest first. */
export interface UnsettledMails {
  readonly mails: readonly UnsettledMail[];
  /** Whether there are more than these. */
  readonly more: boolean;
}

/** `GET /api/emails`: the mails of the live rules, by name. */
export interface EmailSummary {
  readonly name: string;
  /** As the template says it, with Liquid in it. */
  readonly subject: string;
  readonly topic: string | null;
  /** Locales that it has variants for. */
  readonly locales: readonly string[];
  /** Journeys that send it. */
  readonly journeys: readonly string[];
  readonly forSales: boolean;
}
