/** What a signed-in person did was taken: it is on the bus, and shows when it has been scored. */
export interface Taken {
  /** Of the event. */
  readonly id: string;
  /** Of the lead, where it has been merged meanwhile the one that it is now. */
  readonly lead: string;
}

/** `POST /api/quarantine/replay` answers which messages are on their way now, and why others cannot be. */
export interface Replayed {
  /** Their ids. */
  readonly taken: readonly string[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

export interface QuarantineItem {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly message: unknown;
}
