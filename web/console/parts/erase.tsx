import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { ErasurePreview } from '../../../core/view/erasure.ts';
import type { LeadPage } from '../../../core/view/lead.ts';
import { eraseLead, previewErasure } from '../api.ts';
import { Said, useDoing } from '../doing.tsx';
import { signedIn } from '../session.ts';
import { called } from '../words.ts';

const counted = (count: number, one: string, many = `${one}s`): string | null =>
  count === 0 ? null : `${count} ${count === 1 ? one : many}`;

/** What would go, as a list; what there is none of is not named. */
const Goes = ({ of }: { of: ErasurePreview }) => {
  const lines = [
    counted(of.events, 'event'),
    counted(of.mails, 'message sent', 'messages sent'),
    counted(of.handoffs, 'handoff'),
    counted(of.journeys, 'journey'),
    counted(of.keys.users + of.keys.emails + of.keys.anonymous, 'id and address', 'ids and addresses'),
    counted(of.merged, 'lead that was merged into it', 'leads that were merged into it'),
    counted(of.refused, 'message in quarantine', 'messages in quarantine'),
  ];
  return (
    <ul class="goes">
      {lines
        .filter((line) => line !== null)
        .map((line) => (
          <li key={line}>{line}</li>
        ))}
    </ul>
  );
};

/** The button by which somebody erases a person, and the dialog that says first what that means. */
export function EraseButton({ lead }: { lead: LeadPage }) {
  const { route } = useLocation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [preview, show] = useState<ErasurePreview | null>(null);
  const looking = useDoing();
  const erasing = useDoing(() => setTimeout(() => route('/'), 1_500));
  const { state } = erasing.doing;
  const open = (): void => {
    show(null);
    dialog.current?.showModal();
    looking.act(async () => {
      show(await previewErasure(lead.id));
      return '';
    });
  };
  const erase = (form: HTMLFormElement): void => {
    const reason = new FormData(form).get('reason');
    erasing.act(async () => {
      const { done } = await eraseLead(lead.id, typeof reason === 'string' ? reason : '');
      return done ? 'Erased.' : 'Erased; what is left of it goes within half an hour.';
    });
  };
  return (
    <>
      <button type="button" class="danger" onClick={open}>
        Erase this person …
      </button>
      <dialog ref={dialog} aria-labelledby="erase">
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            erase(event.currentTarget);
          }}
        >
          <h2 id="erase">Erase {called(lead)}?</h2>
          <p class="wide">
            This cannot be taken back. Their mails stop, handoffs close, and what was sent of them until now
            is refused from then on. If they come back, they are somebody new.
          </p>
          {preview && <Goes of={preview} />}
          <Said doing={looking.doing} />
          <label class="wide">
            Why <small>(kept, with your name: {signedIn()}; say it without theirs)</small>
            <input name="reason" required maxlength={200} placeholder="They asked us to" autofocus />
          </label>
          <Said doing={erasing.doing} />
          <p class="wide buttons">
            <button class="danger" disabled={preview === null || state === 'busy' || state === 'done'}>
              {state === 'busy' ? 'Erasing …' : 'Erase for good'}
            </button>
            <button type="button" disabled={state === 'done'} onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
