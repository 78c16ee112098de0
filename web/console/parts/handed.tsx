import type { HandoffView, Reasons } from '../../../core/view/handoff.ts';
import { ago, counted, dateTime } from '../words.ts';
import { HandoffActions, outcome } from './handoff-actions.tsx';

/** The handoffs that sales has still something to say to, with the buttons to say it. */
export function Handed({
  of: { handoffs, reasons },
  now,
  reload,
}: {
  of: { readonly handoffs: readonly HandoffView[]; readonly reasons: Reasons };
  now: number;
  reload: () => void;
}) {
  return (
    <>
      {handoffs
        .filter(({ state }) => state !== 'closed')
        .map((handoff) => (
          <div key={handoff.handoff} class={`handed ${handoff.state}`}>
            <p>
              <b>Handed to {handoff.owner}</b>
              {handoff.team === null ? '' : ` (${handoff.team})`}{' '}
              <span title={dateTime(handoff.at)}>
                {ago(handoff.at, now)}
                {handoff.asked > 1 ? `, asked ${counted(handoff.asked, 'time')}` : ''}:{' '}
                {outcome(handoff, reasons, now)}
              </span>
            </p>
            <HandoffActions of={handoff} reasons={reasons} reload={reload} />
          </div>
        ))}
    </>
  );
}
