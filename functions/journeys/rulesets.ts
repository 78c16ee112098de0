import type { Email } from '../../core/schema/email.ts';
import type { Handoff } from '../../core/schema/handoff.ts';
import type { Journey } from '../../core/schema/journey.ts';
import type { Settings } from '../../core/schema/settings.ts';

/** The parts of published rulesets that nurture and handoff read. */
export interface RulesetParts {
  /** The hash of the live one. */
  live(): Promise<string>;
  settings(hash: string): Promise<Settings>;
  /** By name. */
  journeys(hash: string): Promise<Readonly<Record<string, Journey>>>;
  handoff(hash: string): Promise<Handoff | null>;
  email(hash: string, name: string): Promise<Email | null>;
}
