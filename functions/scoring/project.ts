import { createHash } from 'node:crypto';
import type { Evaluation, Standing } from '../../core/evaluation.ts';
import type { Change, ChangeKind, Lead } from '../../core/lead.ts';
import type { LiveRuleset } from '../ports.ts';
import type { Starting } from './starting.ts';

/** How long a change may take to be told before it is told again, ms. */
export const TELL_AGAIN = 120_000;

/** What a scoring found, beside the evaluation. */
export type Found = Pick<
  Lead,
  | 'asOf'
  | 'snapshot'
  | 'strayUntil'
  | 'lastActivity'
  | 'email'
  | 'name'
  | 'membership'
  | 'account'
  | 'attributes'
>;

/**
 * The next version of a lead: what it is now, what others must hear of, and where the indexes show it.
 * @param wake when an event that is dated ahead of the clock begins to count
 * @param starting events that start journeys, with those journeys
 * @param byDeploy whether a change of this kind to this is the ruleset's doing, which is new to the lead
 */
export const project = (
  lead: Lead,
  evaluation: Evaluation,
  live: Pick<LiveRuleset, 'hash' | 'epoch'>,
  found: Found,
  wake: number | null = null,
  starting: readonly Starting[] = [],
  byDeploy: (kind: ChangeKind, to: Change['to']) => boolean = () => false,
): Lead => {
  const { band, qualified, scores, total, bandSince, nextChange } = evaluation;
  const standing = standingOf(evaluation);
  const version = lead.version + 1;
  const turned = qualified && lead.standing?.qualified !== true;
  const entry = turned ? lead.entry + 1 : lead.entry;
  const news = [
    ...changesOf(lead.standing, standing),
    ...(lead.standing !== null && lead.email === null && found.email !== null ? [ADDRESSED] : []),
  ];
  const told = { leadId: lead.id, version, entry, ruleset: live.hash };
  const changes = [
    ...news.map(([kind, from, to]): Change => {
      const changeId = `${lead.id}#${version}#${kind}`;
      const change = { changeId, kind, from, to, at: found.asOf, ...told };
      return byDeploy(kind, to) ? { ...change, deploy: live.epoch } : change;
    }),
    ...starting.map(({ event, journeys }): Change => {
      const changeId = `${lead.id}#${eventName(event.id)}#lead.event`;
      return {
        changeId,
        kind: 'lead.event',
        from: null,
        to: journeys.join(','),
        at: event.occurredAt,
        ...told,
      };
    }),
  ].map((change): [string, Change] => [change.changeId, change]);
  const pending = { ...lead.pending, ...Object.fromEntries(changes) };
  const next = earliest(nextChange?.at ?? null, wake);
  return {
    ...lead,
    ...found,
    version,
    standing,
    scores,
    total,
    since: bandSince,
    entry,
    next,
    pending,
    due: dueOf(lead, { next, pending, now: found.asOf, crossed: changes.length > 0 }),
    listed: lead.listed?.band === band ? lead.listed : { band, since: bandSince },
    ruleset: live.hash,
    epoch: live.epoch,
  };
};

type News = readonly [kind: ChangeKind, from: Change['from'], to: Change['to']];
const ADDRESSED: News = ['lead.addressed', false, true];

/** Long ids would make the lead larger than one write unit. */
const LONGEST_ID = 40;
const eventName = (id: string): string =>
  id.length <= LONGEST_ID ? id : createHash('sha256').update(id).digest('base64url').slice(0, 22);

/** What others may hear of, of an evaluation. */
export const standingOf = ({ band, grade, group, qualified }: Standing): Standing => ({
  band,
  grade,
  group,
  qualified,
});

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** What differs; of a lead's first standing only its band, and `qualified` if it is, are news. */
export const changesOf = (was: Standing | null, is: Standing): News[] => {
  const changes: News[] = [];
  if (was?.band !== is.band) changes.push(['lead.band.changed', was?.band ?? null, is.band]);
  if (was !== null && was.grade !== is.grade) changes.push(['lead.grade.changed', was.grade, is.grade]);
  if (was !== null && was.group !== is.group) changes.push(['lead.group.changed', was.group, is.group]);
  if ((was?.qualified ?? false) !== is.qualified)
    changes.push([
      is.qualified ? 'lead.qualified' : 'lead.disqualified',
      was?.qualified ?? false,
      is.qualified,
    ]);
  return changes;
};

/**
 * When the due index must bring the lead up. Moving costs two write units, so a time that moved later is left as it
 * is, and rechecked when it pops; at a crossing, or when it has popped, it is set right.
 */
export const dueOf = (
  lead: Pick<Lead, 'due'>,
  {
    next,
    pending,
    now,
    crossed,
  }: { next: number | null; pending: Readonly<Record<string, unknown>>; now: number; crossed: boolean },
): number | null => {
  const told = Object.keys(pending).length > 0 ? now + TELL_AGAIN : Infinity;
  const wanted = Math.min(next ?? Infinity, told);
  if (!crossed && lead.due !== null && lead.due > now && lead.due <= wanted) return lead.due;
  return wanted === Infinity ? null : wanted;
};
