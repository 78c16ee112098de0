import type { Evaluation, Standing } from '../../core/evaluation.ts';
import type { Change, ChangeKind, Lead } from '../../core/lead.ts';
import type { LiveRuleset } from '../ports.ts';

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
 */
export const project = (
  lead: Lead,
  evaluation: Evaluation,
  live: Pick<LiveRuleset, 'hash' | 'epoch'>,
  found: Found,
  wake: number | null = null,
): Lead => {
  const { band, grade, group, qualified, scores, total, bandSince, nextChange } = evaluation;
  const standing: Standing = { band, grade, group, qualified };
  const version = lead.version + 1;
  const turned = qualified && lead.standing?.qualified !== true;
  const entry = turned ? lead.entry + 1 : lead.entry;
  const changes = changesOf(lead.standing, standing).map(([kind, from, to]): [string, Change] => {
    const changeId = `${lead.id}#${version}#${kind}`;
    return [
      changeId,
      { changeId, leadId: lead.id, kind, from, to, version, entry, at: found.asOf, ruleset: live.hash },
    ];
  });
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

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** What differs; of a lead's first standing only its band, and `qualified` if it is, are news. */
const changesOf = (
  was: Standing | null,
  is: Standing,
): (readonly [kind: ChangeKind, from: Change['from'], to: Change['to']])[] => {
  const changes: (readonly [ChangeKind, Change['from'], Change['to']])[] = [];
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
