import type { UnsettledMail, UnsettledMails } from '../../../core/view/mail.ts';
import { decideOnMail, listUnsettled } from '../api.ts';
import { MailPreview } from './mail-preview.tsx';
import { Said, useDoing } from '../doing.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { called, dateTime, spoken } from '../words.ts';

/** Whom a mail is about. */
function About({ mail: { lead, account } }: { mail: UnsettledMail }) {
  if (lead) return <a href={`/leads/${encodeURIComponent(lead.id)}`}>{called(lead)}</a>;
  if (account !== null) return <a href={`/accounts/${encodeURIComponent(account)}`}>{account}</a>;
  return <>somebody</>;
}

function Line({
  mail,
  busy,
  decide,
}: {
  mail: UnsettledMail;
  busy: boolean;
  decide: (decision: 'resend' | 'dismiss') => void;
}) {
  const named = mail.subject ?? spoken(mail.email);
  return (
    <li class="card">
      <div>
        <b>{named}</b> {mail.journey === null ? 'to sales about' : 'to'} <About mail={mail} />
        <small>
          {dateTime(mail.at)}, {mail.journey === null ? 'handoff' : `${mail.journey}, step ${mail.step}`}
        </small>
      </div>
      <p class="buttons">
        {mail.again && (
          <button
            type="button"
            disabled={busy}
            aria-label={`Send again: ${named}`}
            onClick={() => decide('resend')}
          >
            Send again
          </button>
        )}
        <button
          type="button"
          disabled={busy}
          aria-label={`Dismiss: ${named}`}
          onClick={() => decide('dismiss')}
        >
          Dismiss
        </button>
      </p>
    </li>
  );
}

function Unsettled({ found: { mails, more }, reload }: { found: UnsettledMails; reload: () => void }) {
  const { doing, act } = useDoing(() => {
    reload();
    // It is carried out by a state machine, which takes a moment.
    setTimeout(reload, 1500);
  });
  const decide = (mail: UnsettledMail, decision: 'resend' | 'dismiss'): void =>
    act(async () => {
      await decideOnMail(mail.id, decision);
      return decision === 'resend' ? 'It is sent once more.' : 'It is dismissed, and is not sent again.';
    });
  return (
    <>
      <Said doing={doing} />
      {mails.length === 0 && <p class="empty">Of every mail it is known what became of it.</p>}
      <ul class="items">
        {mails.map((mail) => (
          <Line
            key={mail.id}
            mail={mail}
            busy={doing.state === 'busy'}
            decide={(decision) => decide(mail, decision)}
          />
        ))}
      </ul>
      {more && <p class="muted">There are more, which show when these are decided.</p>}
    </>
  );
}

/** The mails of the live rules as leads get them, and those of which nobody knows whether they went out. */
export default function MailsPage() {
  useTitle('Mails');
  const found = useResource('mails', listUnsettled, 10_000);
  return (
    <div class="page">
      <h1 class="unseen">Mails</h1>
      <MailPreview />
      <h2 class="part">Mails of unknown outcome</h2>
      <p class="lead-in">
        The answer of the mail service was lost, so each of these may have gone out or not. None is sent again
        by itself; should the service tell of one later, it leaves this list.
      </p>
      <Shown of={found}>{(unsettled) => <Unsettled found={unsettled} reload={found.reload} />}</Shown>
    </div>
  );
}
