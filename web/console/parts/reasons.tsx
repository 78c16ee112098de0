import type { LeadPage } from '../../../core/view/lead.ts';
import { counted, signedWhole, spoken, wholePoints } from '../words.ts';
import { Band } from './band.tsx';

const SHOWN = 5;
const AGAINST = 2;

interface Reason {
  readonly points: number;
  readonly text: string;
  readonly more: string;
  readonly title: string;
}

/** A sentence as its cause and what else is to say; its points stand beside it. */
const parted = (sentence: string): { text: string; more: string } => {
  const [, text = sentence, more = ''] = /^(.*): -?\d+ points?(.*)$/s.exec(sentence) ?? [];
  return { text, more: more.replace(/^[,;]\s*/, '') };
};

/** What counts in the total; products have a place of their own. */
const counts = ({ weights }: LeadPage, { score }: { readonly score: string }): boolean =>
  Object.hasOwn(weights, score);

const reasonsOf = (lead: LeadPage): readonly Reason[] =>
  [
    ...lead.contributions
      .filter((each) => counts(lead, each))
      .map(({ points, sentence, why }) => ({ points, title: why, ...parted(sentence) })),
    ...lead.adjustments
      .filter((each) => each.counts && counts(lead, each))
      .map(({ points, sentence }) => ({ points, text: sentence, more: 'by hand', title: '' })),
  ].sort((a, b) => b.points - a.points);

const Line = ({ reason: { points, text, more, title } }: { reason: Reason }) => (
  <li title={title}>
    <b class={points < 0 ? 'loss' : 'gain'}>{signedWhole(points)}</b>
    <span>
      {text} {more !== '' && <small>{more}</small>}
    </span>
  </li>
);

/** Why this one: what speaks for a lead, the strongest first, and what speaks against. */
export function Reasons({ lead }: { lead: LeadPage }) {
  const reasons = reasonsOf(lead);
  const gains = reasons.filter(({ points }) => points > 0);
  const losses = reasons.filter(({ points }) => points < 0).toReversed();
  if (reasons.length === 0) return <p class="muted">No rule gives points to this lead yet.</p>;
  const left = gains.length - SHOWN;
  return (
    <>
      <ul class="reasons">
        {gains.slice(0, SHOWN).map((reason, n) => (
          <Line key={n} reason={reason} />
        ))}
        {losses.slice(0, AGAINST).map((reason, n) => (
          <Line key={`against ${n}`} reason={reason} />
        ))}
      </ul>
      {left > 0 && <p class="muted">And {counted(left, 'smaller reason')}, below.</p>}
    </>
  );
}

/** Why now: where the lead stood a week ago, and what has moved it since. */
export function Week({ lead }: { lead: LeadPage }) {
  const { week } = lead;
  const changes = week.changes.filter((change) => counts(lead, change));
  const gained = wholePoints(lead.total) - wholePoints(week.total);
  return (
    <>
      <p class="moved">
        <b class={gained < 0 ? 'loss' : 'gain'}>{signedWhole(gained)}</b>{' '}
        {week.isNew ? (
          'points since we met them this week'
        ) : (
          <>
            points since a week ago: from {wholePoints(week.total)}, <Band name={week.band} />
          </>
        )}
      </p>
      {changes.length === 0 && <p class="muted">Nothing has moved the score this week.</p>}
      <ul class="reasons">
        {changes.map((change) => (
          <li key={`${change.score} ${change.rule} ${change.key ?? ''} ${change.by ?? ''}`}>
            <b class={change.points < 0 ? 'loss' : 'gain'}>{signedWhole(change.points)}</b>
            <span>
              {change.by === null ? spoken(change.rule) : change.rule}
              {change.key !== null && ` (${change.key})`} <small>{behind(change)}</small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const behind = ({ by, events, points }: LeadPage['week']['changes'][number]): string => {
  if (by !== null) return points < 0 ? `taken, or over: ${by}` : `by hand: ${by}`;
  if (events > 0) return events === 1 ? 'once this week' : `${events} times this week`;
  return points < 0 ? 'faded, or too long ago' : 'became true';
};
