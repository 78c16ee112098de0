import type { QuarantineItem } from '../../../core/view/event.ts';
import { listQuarantine, replay } from '../api.ts';
import { Said, useDoing } from '../doing.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { counted, dateTime, plain } from '../words.ts';

/** What one request takes. */
const AT_ONCE = 100;

const senderOf = (message: unknown): string => {
  const { userId, anonymousId, type, event } = (message ?? {}) as Record<string, unknown>;
  return [plain(type), plain(event), plain(userId ?? anonymousId)].filter(Boolean).join(', ');
};

const told = (taken: number, refused: readonly { readonly reason: string }[]): string => {
  const reasons = [...new Set(refused.map(({ reason }) => reason))].join('; ');
  const of = `${counted(taken, 'message')} on the way to be scored.`;
  return refused.length === 0 ? of : `${of} ${refused.length} still cannot be taken: ${reasons}.`;
};

function Item({ item, again, busy }: { item: QuarantineItem; again: () => void; busy: boolean }) {
  return (
    <li class="card">
      <details>
        <summary>
          <b>{item.reason}</b> <small>{dateTime(item.at)}</small> <small>{senderOf(item.message)}</small>
        </summary>
        <pre>{typeof item.message === 'string' ? item.message : JSON.stringify(item.message, null, 2)}</pre>
      </details>
      <button type="button" disabled={busy} onClick={again} aria-label={`Replay: ${item.reason}`}>
        Replay
      </button>
    </li>
  );
}

function Quarantine({ items, reload }: { items: readonly QuarantineItem[]; reload: () => void }) {
  const { doing, act } = useDoing(() => {
    reload();
    // What was taken leaves when it has been scored.
    setTimeout(reload, 2000);
  });
  const busy = doing.state === 'busy';
  const again = (which: readonly QuarantineItem[]): void =>
    act(async () => {
      const { taken, refused } = await replay(which.slice(0, AT_ONCE));
      return told(taken.length, refused);
    });
  return (
    <div class="page">
      <div class="bar">
        <div>
          <h1>Quarantine</h1>
          <p class="lead-in">
            Messages that could not be taken. Their neighbours in the same request were applied. When the
            cause is mended, replay them: they count from when they came.
          </p>
        </div>
        {items.length > 1 && (
          <button type="button" disabled={busy} onClick={() => again(items)}>
            Replay {items.length > AT_ONCE ? `the newest ${AT_ONCE}` : `all ${items.length}`}
          </button>
        )}
      </div>
      <Said doing={doing} />
      {items.length === 0 && <p class="empty">Nothing is in quarantine: every message could be taken.</p>}
      <ul class="items">
        {items.map((item) => (
          <Item key={item.id} item={item} busy={busy} again={() => again([item])} />
        ))}
      </ul>
    </div>
  );
}

/** Messages that could not be taken, each with its reason; nothing is lost. */
export default function QuarantinePage() {
  useTitle('Quarantine');
  const found = useResource('quarantine', listQuarantine, 10_000);
  return <Shown of={found}>{(items) => <Quarantine items={items} reload={found.reload} />}</Shown>;
}
