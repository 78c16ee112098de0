import { listQuarantine } from '../api.ts';
import { useResource } from '../resource.ts';
import { dateTime } from '../words.ts';

/** Messages that could not be taken, each with its reason; nothing is lost. */
export function QuarantinePage() {
  const items = useResource('quarantine', listQuarantine, 10_000);
  if (items.state === 'waiting') return <p class="empty">Loading …</p>;
  if (items.state === 'failed') return <p class="empty">{items.message}</p>;
  if (!items.value.length)
    return <p class="empty">Nothing is in quarantine: every message could be taken.</p>;
  return (
    <div class="page">
      <h1>Quarantine</h1>
      <p class="lead-in">
        Messages that could not be taken. Their neighbours in the same request were applied.
      </p>
      {items.value.map((item) => (
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
