/** What would be erased of a lead, as it stands now. */
export interface ErasurePreview {
  readonly lead: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly events: number;
  /** Mails, and what sales heard of it elsewhere. */
  readonly mails: number;
  readonly handoffs: number;
  readonly journeys: number;
  /** How many user ids, addresses and anonymous ids lead to it. */
  readonly keys: { readonly users: number; readonly emails: number; readonly anonymous: number };
  /** Leads that were merged into it. */
  readonly merged: number;
  /** Refused messages that speak of it. */
  readonly refused: number;
}

/** That a lead was erased: of it there is nothing but its id. */
export interface ErasedLead {
  readonly lead: string;
  /** UTC milliseconds; what happened until then is refused. */
  readonly at: number;
  /** Who had it erased. */
  readonly by: string;
  readonly reason: string;
}

/** The answer to an erasure. */
export interface ErasureDone extends ErasedLead {
  /** False while more lies under it than one request can remove; the rest goes within half an hour. */
  readonly done: boolean;
}

/** Newest first. */
export interface ErasedList {
  readonly erased: readonly ErasedLead[];
  readonly more: boolean;
}
