import { useState } from 'preact/hooks';
import type { Answer, Deal } from '../../../core/handoff/handoff.ts';
import { answerHandoff, closeDeal } from '../api.ts';
import { type Doing, Said, useDoing } from '../doing.tsx';
import { ago } from '../words.ts';

/** What the buttons of a handoff need to know of it. */
export interface Answerable {
  readonly handoff: string;
  readonly state: string;
  readonly answer: Answer | null;
  readonly deal: Deal | null;
  readonly mergedInto: string | null;
}

const ANSWERS: Readonly<Record<Answer['what'], string>> = {
  accepted: 'accepted',
  'not-now': 'not now',
  'not-a-fit': 'not a fit',
};

/** What became of a handoff, in words. */
export function outcome(
  { state, answer, deal, mergedInto }: Answerable,
  reasons: Readonly<Record<string, string>>,
  now: number,
): string {
  if (deal) {
    const amount = deal.amount === undefined ? '' : `, ${deal.amount.toLocaleString('en-GB')}`;
    return `${deal.what}${amount}${deal.reason ? `: ${deal.reason}` : ''}; ${deal.by}, ${ago(deal.at, now)}`;
  }
  if (answer) {
    const why = answer.reason === undefined ? '' : `: ${reasons[answer.reason] ?? answer.reason}`;
    return `${ANSWERS[answer.what]}${why}; ${answer.by}, ${ago(answer.at, now)}`;
  }
  if (mergedInto !== null) return 'closed: the same person has another handoff';
  return state === 'unanswered' ? 'everybody was asked, nobody answered' : state;
}

function NotAFit({
  of,
  reasons,
  say,
  busy,
}: {
  of: Answerable;
  reasons: Readonly<Record<string, string>>;
  say: (reason: string) => void;
  busy: boolean;
}) {
  return (
    <select
      aria-label={`Not a fit: ${of.handoff}`}
      disabled={busy}
      value=""
      onChange={({ currentTarget: { value } }) => value !== '' && say(value)}
    >
      <option value="">Not a fit …</option>
      {Object.entries(reasons).map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Won({
  close,
  cancel,
  busy,
}: {
  close: (amount: number | undefined) => void;
  cancel: () => void;
  busy: boolean;
}) {
  return (
    <form
      class="buttons"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget).get('amount');
        close(typeof typed === 'string' && typed !== '' ? Number(typed) : undefined);
      }}
    >
      <label>
        Amount <input name="amount" type="number" min="0" step="any" size={8} placeholder="if known" />
      </label>
      <button class="primary" disabled={busy}>
        Won
      </button>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
    </form>
  );
}

function Buttons({
  of,
  reasons,
  doing,
  act,
}: {
  of: Answerable;
  reasons: Readonly<Record<string, string>>;
  doing: Doing;
  act: (deed: () => Promise<string>) => void;
}) {
  const [winning, win] = useState(false);
  const busy = doing.state === 'busy';
  const answer = (what: Answer['what'], reason?: string): void =>
    act(async () => {
      const { answer: taken } = await answerHandoff(of.handoff, what, reason);
      return taken === null || taken.what === what
        ? `Taken: ${ANSWERS[what]}.`
        : `It was answered before: ${ANSWERS[taken.what]}, by ${taken.by}.`;
    });
  const close = (deal: Deal['what'], amount?: number): void =>
    act(async () => {
      await closeDeal(of.handoff, deal, amount);
      return `Taken: ${deal}.`;
    });
  const named = (text: string): string => `${text}: ${of.handoff}`;
  if (of.state === 'open' || of.state === 'unanswered')
    return (
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={busy}
          aria-label={named('Accept')}
          onClick={() => answer('accepted')}
        >
          Accept
        </button>
        <button type="button" disabled={busy} aria-label={named('Not now')} onClick={() => answer('not-now')}>
          Not now
        </button>
        <NotAFit of={of} reasons={reasons} busy={busy} say={(reason) => answer('not-a-fit', reason)} />
      </div>
    );
  if (of.state === 'accepted' && winning)
    return <Won busy={busy} close={(amount) => close('won', amount)} cancel={() => win(false)} />;
  if (of.state === 'accepted')
    return (
      <div class="buttons">
        <button type="button" disabled={busy} aria-label={named('Deal won')} onClick={() => win(true)}>
          Deal won
        </button>
        <button type="button" disabled={busy} aria-label={named('Deal lost')} onClick={() => close('lost')}>
          Deal lost
        </button>
      </div>
    );
  return null;
}

/** What sales says to a handoff: by buttons, under the name of whoever is signed in. */
export function HandoffActions({
  of,
  reasons,
  reload,
}: {
  of: Answerable;
  reasons: Readonly<Record<string, string>>;
  reload: () => void;
}) {
  const { doing, act } = useDoing(reload);
  return (
    <>
      <Buttons of={of} reasons={reasons} doing={doing} act={act} />
      <Said doing={doing} />
    </>
  );
}
