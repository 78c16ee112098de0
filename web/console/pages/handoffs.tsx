import { useLocation } from 'preact-iso';
import type { HandoffItem, HandoffList } from '../../../core/view/handoff.ts';
import { listHandoffs } from '../api.ts';
import { HandoffActions, outcome } from '../parts/handoff-actions.tsx';
import { Held } from '../parts/held.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { ago, counted, dateTime } from '../words.ts';

const STATES = ['open', 'unanswered', 'accepted', 'closed'] as const;

const hrefOf = ({ of, id }: HandoffItem): string =>
  `/${of === 'lead' ? 'leads' : 'accounts'}/${encodeURIComponent(id)}`;

function Line({
  item,
  list: { reasons, at },
  reload,
}: {
  item: HandoffItem;
  list: HandoffList;
  reload: () => void;
}) {
  const standing = [item.band, item.total === null ? null : `${item.total} points`]
    .filter(Boolean)
    .join(', ');
  return (
    <li class={`card handoff ${item.state}`}>
      <div>
        <a class="who" href={hrefOf(item)}>
          {item.name ?? (item.of === 'lead' ? 'Anonymous visitor' : item.id)}
        </a>{' '}
        {item.company !== null && item.company !== item.name && <span>{item.company}</span>}
        <small>
          {item.of === 'account' ? 'account; ' : ''}
          {standing}
        </small>
        <small title={dateTime(item.at)}>
          For {item.owner}
          {item.team === null ? '' : ` (${item.team})`}, {ago(item.at, at)}
          {item.asked > 1 ? `; asked ${counted(item.asked, 'time')}` : ''}
        </small>
      </div>
      <div class="answer">
        <p>{outcome(item, reasons, at)}</p>
        <HandoffActions of={item} reasons={reasons} reload={reload} />
      </div>
    </li>
  );
}

const none = (state: string): string =>
  state === ''
    ? 'No lead has been handed to sales yet. A lead is, once it qualifies: bands.yaml says when, handoff.yaml to whom.'
    : state === 'unanswered'
      ? 'Every handoff was answered, or somebody is still being asked.'
      : `No handoff is ${state}.`;

function Handoffs({ list, state, reload }: { list: HandoffList; state: string; reload: () => void }) {
  const shown = list.handoffs.filter((item) => state === '' || item.state === state);
  const count = (of: string): number => list.handoffs.filter((item) => item.state === of).length;
  return (
    <>
      <nav aria-label="State" class="choices">
        <a href="/handoffs" aria-current={state === '' ? 'page' : undefined}>
          All <small>{list.handoffs.length} in half a year</small>
        </a>
        {STATES.map((name) => (
          <a key={name} href={`/handoffs?state=${name}`} aria-current={state === name ? 'page' : undefined}>
            {name.charAt(0).toUpperCase() + name.slice(1)} <small>{counted(count(name), 'handoff')}</small>
          </a>
        ))}
      </nav>
      {shown.length === 0 && <p class="empty">{none(state)}</p>}
      <ul class="items">
        {shown.slice(0, 200).map((item) => (
          <Line key={item.handoff} item={item} list={list} reload={reload} />
        ))}
      </ul>
      {shown.length > 200 && <p class="muted">The newest 200 of {shown.length} are shown.</p>}
    </>
  );
}

/** Who was handed to sales, and what sales said; whoever is signed in answers here. */
export default function HandoffsPage() {
  const state = useLocation().query['state'] ?? '';
  useTitle('Handoffs');
  const found = useResource('handoffs', listHandoffs, 10_000);
  return (
    <div class="page">
      <h1 class="unseen">Handoffs</h1>
      <Held />
      <Shown of={found}>{(list) => <Handoffs list={list} state={state} reload={found.reload} />}</Shown>
    </div>
  );
}
