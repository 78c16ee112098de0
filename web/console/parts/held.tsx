import type { HeldItem } from '../../../core/view/handoff.ts';
import { listHeld, release } from '../api.ts';
import { Said, useDoing } from '../doing.tsx';
import { Shown, useResource } from '../resource.tsx';
import { ago, counted } from '../words.ts';

/** What one request takes. */
const AT_ONCE = 100;

function List({ held, at, reload }: { held: readonly HeldItem[]; at: number; reload: () => void }) {
  const { doing, act } = useDoing(() => {
    reload();
    // Who was released leaves when their handoff is open.
    setTimeout(reload, 2000);
  });
  const busy = doing.state === 'busy';
  const go = (which: readonly HeldItem[]): void =>
    act(async () => {
      const { taken, refused } = await release(which.slice(0, AT_ONCE).map(({ handoff }) => handoff));
      const left = refused.length === 0 ? '' : ` ${refused.length} are no longer qualified.`;
      return `${counted(taken.length, 'handoff')} on the way.${left}`;
    });
  if (held.length === 0) return <Said doing={doing} />;
  return (
    <section class="card held">
      <div class="bar">
        <div>
          <h2>{counted(held.length, 'handoff')} held back by a deploy</h2>
          <p class="lead-in">They qualified by a change of rules that was to start no more than it has.</p>
        </div>
        <button type="button" disabled={busy} onClick={() => go(held)}>
          Release {held.length > AT_ONCE ? `the newest ${AT_ONCE}` : 'all'}
        </button>
      </div>
      <Said doing={doing} />
      <ul class="items">
        {held.slice(0, AT_ONCE).map((item) => (
          <li key={item.handoff} class="handoff">
            <div>
              <a
                class="who"
                href={`/${item.of === 'lead' ? 'leads' : 'accounts'}/${encodeURIComponent(item.id)}`}
              >
                {item.name ?? 'Anonymous visitor'}
              </a>
              <small>
                {item.band === null ? '' : `${item.band}, `}
                {ago(item.at, at)}
              </small>
            </div>
            <button
              type="button"
              disabled={busy}
              aria-label={`Release: ${item.handoff}`}
              onClick={() => go([item])}
            >
              Release
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Handoffs that a deploy held back; nothing where there are none. */
export function Held() {
  const found = useResource('held', listHeld, 30_000);
  return <Shown of={found}>{({ held, at }) => <List held={held} at={at} reload={found.reload} />}</Shown>;
}
