import { useEffect, useRef, useState } from 'preact/hooks';
import type { LeadPage } from '../../../core/view/lead.ts';
import { adjust } from '../api.ts';
import { signedIn } from '../session.ts';
import { called, date, signedWhole, spoken } from '../words.ts';

/** How long what was done may take to show: its way over the bus. */
const TRIES = 30;
const EVERY_MS = 400;

interface Doing {
  readonly state: 'idle' | 'sending' | 'awaiting' | 'failed';
  readonly message: string;
}
const IDLE: Doing = { state: 'idle', message: '' };

/** Sends an adjustment, and asks for the page until it shows there. */
function useAdjusting(lead: LeadPage, reload: () => void, done: () => void) {
  const [doing, set] = useState<Doing>(IDLE);
  const [awaited, wait] = useState<{ id: string; tries: number } | null>(null);
  useEffect(() => {
    if (!awaited) return undefined;
    if (lead.adjustments.some(({ id }) => id === awaited.id) || awaited.tries > TRIES) {
      set(IDLE);
      wait(null);
      done();
      return undefined;
    }
    const timer = setTimeout(() => {
      reload();
      wait({ ...awaited, tries: awaited.tries + 1 });
    }, EVERY_MS);
    return () => clearTimeout(timer);
  }, [awaited, lead]);
  const send = (adjustment: object, once?: string): void => {
    set({ state: 'sending', message: '' });
    adjust(lead.id, adjustment, once).then(
      ({ id }) => {
        set({ state: 'awaiting', message: 'Taken; the score follows in a moment.' });
        wait({ id, tries: 0 });
      },
      (error: unknown) =>
        set({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  };
  return { doing, send };
}

function Fields({ lead }: { lead: LeadPage }) {
  const names = Object.keys(lead.keyedBy);
  const [score, choose] = useState(names.includes('intent') ? 'intent' : (names[0] ?? ''));
  const by = lead.keyedBy[score] ?? null;
  const known = lead.scores[score];
  return (
    <>
      <label>
        Points
        <input
          name="points"
          type="number"
          step="any"
          required
          placeholder="10, or -10 to take some"
          // The first thing to say.
          autofocus
        />
      </label>
      <label>
        Score
        <select name="score" value={score} onChange={(event) => choose(event.currentTarget.value)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {spoken(name)}
            </option>
          ))}
        </select>
      </label>
      {by !== null && (
        <label>
          {spoken(by)}
          <input name="key" required maxlength={200} list="keys" autocomplete="off" />
          <datalist id="keys">
            {typeof known === 'object' && Object.keys(known).map((key) => <option key={key} value={key} />)}
          </datalist>
        </label>
      )}
      <label class="wide">
        Why
        <input name="why" required maxlength={500} placeholder="Met at the fair, asked for prices" />
      </label>
      <label>
        Until <small>(that day included; for good if empty)</small>
        <input name="until" type="date" />
      </label>
    </>
  );
}

const adjustmentOf = (form: HTMLFormElement, lead: LeadPage): object => {
  const said = new FormData(form);
  const text = (name: string): string => {
    const value = said.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const by = lead.keyedBy[text('score')] ?? null;
  return {
    score: text('score'),
    points: Number(text('points')),
    why: text('why'),
    ...(text('until') === '' ? {} : { until: text('until') }),
    ...(by === null ? {} : { [by]: text('key') }),
  };
};

/** The button and the form by which somebody adds points or takes some. */
export function AdjustButton({ lead, reload }: { lead: LeadPage; reload: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [once, renew] = useState(() => crypto.randomUUID());
  const close = (): void => {
    dialog.current?.close();
    dialog.current?.querySelector('form')?.reset();
    renew(crypto.randomUUID());
  };
  const { doing, send } = useAdjusting(lead, reload, close);
  const busy = doing.state === 'sending' || doing.state === 'awaiting';
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Add or take points
      </button>
      <dialog ref={dialog} aria-labelledby="by-hand">
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            send(adjustmentOf(event.currentTarget, lead), once);
          }}
        >
          <h2 id="by-hand">Add or take points: {called(lead)}</h2>
          <Fields lead={lead} />
          <p class="wide muted">Everybody sees it with the reason and your name: {signedIn()}.</p>
          {doing.message !== '' && (
            <p class={`wide ${doing.state}`} role={doing.state === 'failed' ? 'alert' : 'status'}>
              {doing.message}
            </p>
          )}
          <p class="wide buttons">
            <button class="primary" disabled={busy}>
              {busy ? 'Saving …' : 'Save'}
            </button>
            <button type="button" onClick={close}>
              Cancel
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}

/** What people gave and took, each with a way to take it back: the opposite, which is shown too. */
export function ByHand({ lead, reload }: { lead: LeadPage; reload: () => void }) {
  const { doing, send } = useAdjusting(lead, reload, () => undefined);
  if (lead.adjustments.length === 0) return null;
  const undone = new Set(lead.adjustments.map(({ undoes }) => undoes));
  const busy = doing.state === 'sending' || doing.state === 'awaiting';
  const undo = (each: LeadPage['adjustments'][number]): void => {
    const by = lead.keyedBy[each.score] ?? null;
    send(
      {
        score: each.score,
        points: -each.points,
        why: `Takes back “${each.why}”`.slice(0, 500),
        undoes: each.id,
        // It ends with what it takes back.
        ...(each.until === null ? {} : { until: new Date(each.until).toISOString() }),
        ...(by === null || each.key === null ? {} : { [by]: each.key }),
      },
      `undo ${each.id}`.slice(0, 200),
    );
  };
  return (
    <section class="card">
      <h2>Points by hand</h2>
      <ul class="by-hand-list">
        {lead.adjustments.map((each) => (
          <li key={each.id} class={each.counts && !undone.has(each.id) ? undefined : 'over'}>
            <b class={each.points < 0 ? 'loss' : 'gain'}>{signedWhole(each.points)}</b>
            <span>
              {each.why || 'No reason given'}
              <small>
                {spoken(each.score)}
                {each.key === null ? '' : `, ${each.key}`}; {each.by}, {date(each.at)}
                {each.until === null ? '' : `; ${each.counts ? 'until' : 'ended'} ${date(each.until - 1)}`}
              </small>
            </span>
            {undone.has(each.id) ? (
              <small>taken back</small>
            ) : (
              each.counts &&
              each.undoes === null && (
                <button
                  type="button"
                  disabled={busy}
                  aria-label={`Undo: ${each.why}`}
                  onClick={() => undo(each)}
                >
                  Undo
                </button>
              )
            )}
          </li>
        ))}
      </ul>
      {doing.message !== '' && (
        <p class={doing.state} role={doing.state === 'failed' ? 'alert' : 'status'}>
          {doing.message}
        </p>
      )}
    </section>
  );
}
