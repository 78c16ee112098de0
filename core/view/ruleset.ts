import type { Publication } from '../publish/origin.ts';
import type { Shadow } from '../publish/request.ts';

/** `GET /api/rulesets` */
export interface RulesetList {
  /** What was live, newest first: the first is. */
  readonly published: readonly Publication[];
  /** What scores beside it, and changes nothing; null without one. */
  readonly challenger: Shadow | null;
}
