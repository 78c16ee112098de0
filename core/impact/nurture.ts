import { durationMs } from '../duration.ts';
import type { AttributeView } from '../engine/match.ts';
import { bandsOf } from '../engine/standing.ts';
import { sendsMail } from '../nurture/parts.ts';
import { segmentOf, startsOnEvents } from '../nurture/start.ts';
import type { Ruleset } from '../ruleset.ts';
import type { Journey } from '../schema/journey.ts';

/** A journey, read once for all leads. */
export interface JourneyRules {
  readonly name: string;
  readonly journey: Journey;
  /** How long after the last time a lead may begin again, ms; null: never. */
  readonly againMs: number | null;
  readonly startsOn: 'standing' | 'event' | 'account';
  /** Whether it writes to leads at all. */
  readonly sendsMail: boolean;
  /** Who may begin it; null: everybody. */
  readonly segment: ((view: AttributeView) => boolean) | null;
}

/** Rules of nurture, read once for all leads. */
export interface NurtureRules {
  /** Null: nobody is handed over. */
  readonly handoffAgainMs: number | null;
  /** The band in which every lead starts. */
  readonly lowest: string | undefined;
  readonly journeys: readonly JourneyRules[];
  /** Of leads that have none of their own; left out: UTC. */
  readonly timeZone: string | undefined;
  /** Whether only those who agreed to it are written to. */
  readonly needsConsent: boolean;
  /** What mails are about, where they say it themselves. */
  readonly topics: Readonly<Record<string, string>>;
}

export const nurtureRules = ({
  handoff,
  journeys,
  bands,
  settings,
  emails,
}: Pick<Ruleset, 'handoff' | 'journeys' | 'bands' | 'settings' | 'emails'>): NurtureRules => ({
  lowest: bandsOf(bands.bands)[0]?.name,
  handoffAgainMs: handoff ? (handoff.again_after === undefined ? 0 : durationMs(handoff.again_after)) : null,
  timeZone: settings.time_zone,
  needsConsent: settings.consent !== 'not-required',
  topics: Object.fromEntries(
    Object.entries(emails).flatMap(([name, { topic }]) => (topic === undefined ? [] : [[name, topic]])),
  ),
  journeys: Object.entries(journeys)
    .filter(([, journey]) => journey.retired !== true)
    .map(([name, journey]) => ({
      name,
      journey,
      againMs: journey.again_after === undefined ? null : durationMs(journey.again_after),
      startsOn: startsOnEvents(journey) ? 'event' : 'account' in journey.start ? 'account' : 'standing',
      sendsMail: sendsMail(journey.steps),
      segment: segmentOf(journey),
    })),
});

export const startsOnAccounts = ({ journeys }: NurtureRules): boolean =>
  journeys.some(({ startsOn }) => startsOn === 'account');
