import type { HandoffView, Reasons } from '../../../core/view/handoff.ts';
import type { MailView } from '../../../core/view/mail.ts';
import { outcome } from './handoff-actions.tsx';
import { dateTime, spoken } from '../words.ts';

/** Mails and handoffs of a lead or an account, newest first. */
export function Sent({
  mails = [],
  of: { handoffs, reasons },
  now,
}: {
  mails?: readonly MailView[];
  of: { readonly handoffs: readonly HandoffView[]; readonly reasons: Reasons };
  now: number;
}) {
  const lines = [
    ...handoffs.map((handoff) => ({ at: handoff.at, handoff, mail: null })),
    ...mails.map((mail) => ({ at: mail.at, mail, handoff: null })),
  ].sort((a, b) => b.at - a.at);
  if (lines.length === 0) return <p class="muted">Nothing was sent.</p>;
  return (
    <ul class="sent">
      {lines.map(({ at, mail, handoff }, n) => (
        <li key={n}>
          <time>{dateTime(at)}</time>
          {handoff && (
            <span>
              Handed to {handoff.owner} <small>{outcome(handoff, reasons, now)}</small>
            </span>
          )}
          {mail && (
            <span>
              {mail.subject ?? spoken(mail.email)}{' '}
              <small>
                {mail.journey ? `${mail.journey}, ` : ''}
                {mail.outcome}
              </small>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
