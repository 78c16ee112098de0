/** What all news of a changed standing say, whether of a lead or of an account. */
export interface StandingChange<Kind extends string> {
  /**
   * `<lead or account>#<version>#<kind>`: the same change always has the same id, however often it is told. Of
   * `lead.event` the event's id stands for the version, so that a second copy of the event is the same change.
   */
  readonly changeId: string;
  readonly kind: Kind;
  readonly from: string | boolean | null;
  readonly to: string | boolean | null;
  /** The version that brought the change. */
  readonly version: number;
  readonly entry: number;
  /** UTC milliseconds. */
  readonly at: number;
  /** Hash of the ruleset under which it came about. */
  readonly ruleset: string;
  /** The epoch of the switch of rulesets that brought it; absent where events, people or time did. */
  readonly deploy?: number;
}
