import { useState } from 'preact/hooks';
import { listMail, listSlack, type SentMail, type SlackMessage } from '../mailbox.ts';
import { SlackBlocks } from '../parts/slack-blocks.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { dateTime } from '../words.ts';

type Letter =
  | { readonly kind: 'mail'; readonly at: number; readonly id: string; readonly mail: SentMail }
  | { readonly kind: 'slack'; readonly at: number; readonly id: string; readonly slack: SlackMessage };

const instant = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

async function letters(): Promise<readonly Letter[] | null> {
  const [mails, slacks] = await Promise.all([listMail(), listSlack()]);
  if (!mails || !slacks) return null;
  return [
    ...mails.map((mail, n): Letter => ({ kind: 'mail', at: instant(mail.at), id: `m${n}`, mail })),
    ...slacks.map((slack, n): Letter => ({ kind: 'slack', at: instant(slack.at), id: `s${n}`, slack })),
  ].sort((a, b) => b.at - a.at);
}

function MailView({ mail }: { mail: SentMail }) {
  const [plain, setPlain] = useState(false);
  return (
    <article class="letter">
      <header>
        <h2>{mail.subject}</h2>
        <p>
          {mail.from} → {String(mail.to)}
          <button type="button" class="quiet" onClick={() => setPlain(!plain)}>
            {plain ? 'Show the mail' : 'Show the text part'}
          </button>
        </p>
      </header>
      {plain ? (
        <pre>{mail.text}</pre>
      ) : (
        <iframe
          title={mail.subject}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcdoc={`<base target="_blank">${mail.html}`}
        />
      )}
    </article>
  );
}

const title = (letter: Letter): string => (letter.kind === 'mail' ? letter.mail.subject : letter.slack.text);
const to = (letter: Letter): string => (letter.kind === 'mail' ? String(letter.mail.to) : 'Slack');

/** What was sent on this machine: mails to leads, handoffs to sales by mail and Slack. */
export default function MailboxPage() {
  useTitle('Mailbox');
  const found = useResource('mailbox', letters, 4000);
  return <Shown of={found}>{(sent) => <Mailbox sent={sent} />}</Shown>;
}

function Mailbox({ sent }: { sent: readonly Letter[] | null }) {
  const [chosen, choose] = useState<string | null>(null);
  if (!sent) return <p class="empty">On AWS mails go out for real; there is no mailbox to look into.</p>;
  if (!sent.length) return <p class="empty">Nothing was sent yet.</p>;
  const letter = sent.find((each) => each.id === chosen) ?? sent[0];
  return (
    <div class="mailbox">
      <ol>
        {sent.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              aria-current={each === letter ? 'true' : undefined}
              onClick={() => choose(each.id)}
            >
              <span>
                <b>{to(each)}</b>
                <small>{dateTime(each.at)}</small>
              </span>
              {title(each)}
            </button>
          </li>
        ))}
      </ol>
      {letter?.kind === 'mail' && <MailView key={letter.id} mail={letter.mail} />}
      {letter?.kind === 'slack' && (
        <article class="letter">
          <SlackBlocks message={letter.slack} />
        </article>
      )}
    </div>
  );
}
