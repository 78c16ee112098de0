/** A message that could not be taken, kept with its reason so that a person can mend the cause and replay it. */
export interface Quarantined {
  /** The same for the same message, so that a client's retry does not keep it twice. */
  readonly id: string;
  /** One sentence, for people. */
  readonly reason: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** The message as JSON text; cut where it was too deep or too long. */
  readonly raw: string;
}

/** Where refused messages wait; putting one twice keeps it once. */
export interface Quarantine {
  put(message: Quarantined): Promise<void>;
}
