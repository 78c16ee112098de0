import type { Scope } from '../core/identity/identity.ts';

/** A message that could not be taken, kept with its reason so that a person can mend the cause and replay it. */
export interface Quarantined {
  /** The same for the same message from as trusted a sender, so that a client's retry does not keep it twice. */
  readonly id: string;
  /** One sentence, for people. */
  readonly reason: string;
  /** When it first came, UTC milliseconds. */
  readonly receivedAt: number;
  /** The message as JSON text; cut where it was too deep or too long. */
  readonly raw: string;
  /** How far its sender was trusted: a replay trusts it no further. */
  readonly scope: Scope;
}

/** Names a refused message. */
export type QuarantineRef = Pick<Quarantined, 'id'>;

/** Where refused messages wait; putting one twice keeps the first. */
export interface Quarantine {
  put(message: Quarantined): Promise<void>;
  /** Keeps it in the place of what is there by its id. */
  replace(message: Quarantined): Promise<void>;
  /** Once it was taken after all. */
  remove(ref: QuarantineRef): Promise<void>;
}
