import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { EmailSummary } from '../../../core/view/mail.ts';
import { listEmails, listLeads, previewEmail } from '../api.ts';
import { Shown, useResource } from '../resource.tsx';
import { called, spoken } from '../words.ts';

/** What is chosen stands in the address, so that it can be sent on. */
interface Chosen {
  readonly mail: string;
  readonly lead: string;
  readonly locale: string;
}

const hrefOf = ({ mail, lead, locale }: Chosen): string =>
  `/mails?${new URLSearchParams({ mail, lead, ...(locale === '' ? {} : { locale }) })}`;

function Mail({ chosen }: { chosen: Chosen }) {
  const [plain, show] = useState(false);
  const { mail, lead, locale } = chosen;
  const found = useResource(`preview ${mail} ${lead} ${locale}`, () => previewEmail(mail, lead, locale));
  return (
    <Shown of={found}>
      {(preview) => (
        <article class="letter preview">
          <header>
            <h2>{preview.subject}</h2>
            <p>
              {preview.preheader}
              <button type="button" class="quiet" onClick={() => show(!plain)}>
                {plain ? 'Show the mail' : 'Show the text part'}
              </button>
            </p>
          </header>
          {plain ? (
            <pre>{preview.text}</pre>
          ) : (
            <iframe title={`Preview: ${preview.subject}`} sandbox="" srcdoc={preview.html} />
          )}
        </article>
      )}
    </Shown>
  );
}

/** Finds the lead that somebody typed: by e-mail, or by how a name begins. */
function LeadField({ choose }: { choose: (lead: string) => void }) {
  const [said, say] = useState('');
  const find = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get('lead');
    const q = typeof typed === 'string' ? typed.trim() : '';
    if (q === '') return;
    listLeads({ q }).then(
      ({ leads: [first] }) => {
        say(first ? `As ${called(first)} would get it.` : `Nobody is called “${q}”.`);
        if (first) choose(first.id);
      },
      (error: unknown) => say(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <form class="buttons" onSubmit={find}>
      <input
        name="lead"
        type="search"
        size={26}
        placeholder="E-mail or name of a lead"
        aria-label="For which lead"
      />
      <button>As this lead</button>
      <span role="status">{said}</span>
    </form>
  );
}

function Choice({ emails }: { emails: readonly EmailSummary[] }) {
  const { query, route } = useLocation();
  const email = emails.find(({ name }) => name === query['mail']) ?? emails[0];
  if (!email) return <p class="empty">The rules have no mails.</p>;
  const chosen = { mail: email.name, lead: query['lead'] ?? 'known', locale: query['locale'] ?? '' };
  const choose = (change: Partial<Chosen>): void => route(hrefOf({ ...chosen, ...change }));
  return (
    <>
      <div class="bar">
        <label>
          Mail{' '}
          <select
            aria-label="Which mail"
            value={email.name}
            onChange={({ currentTarget: { value } }) => choose({ mail: value, locale: '' })}
          >
            {emails.map(({ name, journeys, forSales }) => (
              <option key={name} value={name}>
                {spoken(name)} ({forSales ? 'to sales' : journeys.join(', ') || 'not in use'})
              </option>
            ))}
          </select>
        </label>
        <label>
          For{' '}
          <select value={chosen.lead} onChange={({ currentTarget: { value } }) => choose({ lead: value })}>
            <option value="known">somebody we know well</option>
            <option value="unknown">somebody we know nothing of</option>
            {!['known', 'unknown'].includes(chosen.lead) && (
              <option value={chosen.lead}>the chosen lead</option>
            )}
          </select>
        </label>
        {email.locales.length > 0 && (
          <label>
            Locale{' '}
            <select
              value={chosen.locale}
              onChange={({ currentTarget: { value } }) => choose({ locale: value })}
            >
              <option value="">the lead’s own</option>
              {email.locales.map((locale) => (
                <option key={locale} value={locale}>
                  {locale}
                </option>
              ))}
            </select>
          </label>
        )}
        <LeadField choose={(lead) => choose({ lead })} />
      </div>
      <Mail key={hrefOf(chosen)} chosen={chosen} />
    </>
  );
}

/** Each mail of the live rules as a lead would get it; links in it lead nowhere. */
export function MailPreview() {
  const found = useResource('emails', listEmails);
  return <Shown of={found}>{(emails) => <Choice emails={emails} />}</Shown>;
}
