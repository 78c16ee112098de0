import type { JsonObject } from './json.ts';

/** The six calls of the Segment spec. */
export type MessageType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias';

/** One message as it is stored under its lead; what rules, timelines and rebuilds are made from. */
export interface LeadEvent {
  /** The sender's message id; two copies with one id are one event. */
  readonly id: string;
  /** UTC milliseconds; of several copies the earliest counts. */
  readonly occurredAt: number;
  readonly type: MessageType;
  /** What rules match: the `event` of a track, the type of a page or screen, '' for the others. */
  readonly name: string;
  readonly properties: JsonObject;
  /** What an `identify` says of the lead, or a `group` of its account. */
  readonly traits?: JsonObject;
  /** The account that a `group` names. */
  readonly groupId?: string;
  /** Why this counts for nothing (a bot, a mail scanner); set by us, never taken from a sender. */
  readonly suspected?: string;
}
