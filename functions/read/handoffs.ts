import type { HandoffItem, HandoffList, HandoffView, Reasons } from '../../core/view/handoff.ts';
import { type HandoffReport, mondayOf, reportOf } from '../../core/report/handoffs.ts';
import { handoffName } from '../../core/handoff/answer.ts';
import { reasonsOf } from '../../core/handoff/reasons.ts';
import { askedOf, type HandoffRef } from '../../core/handoff/handoff.ts';
import type { HandoffWeeks, ListedHandoff } from '../aws/handoff-weeks.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { Invalid } from '../errors.ts';
import type { AnyRecord } from '../handoffs/standing.ts';

export interface HandoffReadPorts {
  readonly clock: { now(): number };
  readonly handoffWeeks: HandoffWeeks;
  readonly journeys: Pick<RulesetParts, 'live' | 'handoff'>;
}

const WEEK = 7 * 86_400_000;
const MAX_WEEKS = 53;
const STATES = ['open', 'unanswered', 'accepted', 'closed'];

/** @param weeks text of a query */
const weeksOf = (weeks: string | undefined, usual: number): number => {
  if (weeks === undefined) return usual;
  const count = /^\d{1,2}$/.test(weeks) ? Number(weeks) : 0;
  if (count < 1 || count > MAX_WEEKS) throw new Invalid(`weeks must be 1 to ${MAX_WEEKS}`);
  return count;
};

/** `GET /api/handoffs?state=unanswered&weeks=26`, newest first; without a state all of them. */
export const listHandoffs = async (
  ports: HandoffReadPorts,
  { state, weeks }: Readonly<Record<string, string>>,
): Promise<HandoffList> => {
  const { clock, handoffWeeks } = ports;
  if (state !== undefined && !STATES.includes(state))
    throw new Invalid(`state must be one of ${STATES.join(', ')}`);
  const now = clock.now();
  const from = mondayOf(now) - (weeksOf(weeks, 26) - 1) * WEEK;
  const items = (await handoffWeeks.list(from, now)).map(itemOf);
  return {
    at: now,
    reasons: await reasonsNow(ports),
    handoffs: items
      .filter((item) => state === undefined || item.state === state)
      .sort((a, b) => b.at - a.at || (a.handoff < b.handoff ? -1 : 1)),
  };
};

/** Why a lead is not a fit, by the live rules. */
export const reasonsNow = async ({ journeys }: Pick<HandoffReadPorts, 'journeys'>): Promise<Reasons> =>
  reasonsOf(await journeys.handoff(await journeys.live()));

/** What became of the handoffs of some weeks. */
export const handoffReport = async (
  { clock, handoffWeeks }: HandoffReadPorts,
  { weeks }: Readonly<Record<string, string>>,
): Promise<HandoffReport> => {
  const now = clock.now();
  const count = weeksOf(weeks, 12);
  const all = await handoffWeeks.list(mondayOf(now) - (count - 1) * WEEK, now);
  // What a merge closed is the handoff that stayed.
  const counted = all.filter(({ record }) => record.merged === undefined);
  return reportOf(
    counted.map(({ record }) => ({
      at: record.at,
      band: record.brief.band,
      rules: 'reasons' in record.brief ? record.brief.reasons.flatMap(({ rule }) => rule ?? []) : [],
      answer:
        record.answer === undefined
          ? null
          : { what: record.answer.what, at: record.answer.at, reason: record.answer.reason ?? null },
      deal: record.deal?.what ?? null,
    })),
    count,
    now,
  );
};

const itemOf = ({ ref, record }: ListedHandoff): HandoffItem => {
  const { brief } = record;
  return {
    ...handoffView(ref, record),
    of: ref.of,
    id: ref.id,
    name: brief.name ?? ('email' in brief ? brief.email : null),
    company: 'company' in brief ? brief.company : null,
    band: brief.band,
    total: 'total' in brief ? brief.total : null,
  };
};

/** What everybody may see of a handoff who sees whose it is. */
export const handoffView = (ref: HandoffRef, record: AnyRecord): HandoffView => {
  const { owner, team, at, answer, deal, merged } = record;
  const isUnanswered = record.state === 'open' && record.unansweredAt !== undefined;
  return {
    handoff: handoffName(ref),
    owner: owner.name,
    team: team ?? null,
    at,
    asked: askedOf(record).length,
    state: isUnanswered ? 'unanswered' : record.state,
    answer: answer ?? null,
    deal: deal ?? null,
    mergedInto: merged === undefined ? null : handoffName(merged.into),
  };
};
