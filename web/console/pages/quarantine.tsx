import type { QuarantineItem } from '../../../core/view.ts';
import { listQuarantine } from '../api.ts';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { dateTime } from '../words.ts';

/** Messages that could not be taken, each with its reason; nothing is lost. */
export default function QuarantinePage() {
  useTitle('Quarantine');
  const found = useResource('quarantine', listQuarantine, 10_000);
  return <Shown of={found}>{(items) => <Quarantine items={items} />}</Shown>;
}

function Quarantine({ items }: { items: readonly QuarantineItem[] }) {
  if (!items.length) return <p class="empty">Nothing is in quarantine: every message could be taken.</p>;
  return (
    <div class="page">
      <h1>Quarantine</h1>
      <p class="lead-in">
        Messages that could not be taken. Their neighbours in the same request were applied.
      </p>
      {items.map((item) => (
        <details key={item.id} class="card">
          <summary>
            <b>{item.reason}</b> <small>{dateTime(item.at)}</small>
          </summary>
          <pre>{typeof item.message === 'string' ? item.message : JSON.stringify(item.message, null, 2)}</pre>
        </details>
      ))}
    </div>
  );
}
