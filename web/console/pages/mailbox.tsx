import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import {
  listMail,
  listSlack,
  listTeams,
  listWebhooks,
  type SentMail,
  type SlackMessage,
  type TeamsMessage,
  type WebhookCall,
} from '../mailbox.ts';
import { SlackBlocks, unescape } from '../parts/slack-blocks.tsx';
import { TeamsCard, titleOf } from '../parts/teams-card.tsx';
import { Shown, useResource, useTitle } from '../resource.tsx';
import { dateTime } from '../words.ts';

interface Letter {
  readonly id: string;
  readonly at: number;
  readonly to: string;
  readonly title: string;
  readonly mail?: SentMail;
  readonly slack?: SlackMessage;
  readonly teams?: TeamsMessage;
  readonly webhook?: WebhookCall;
}

const instant = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

async function letters(): Promise<readonly Letter[] | null> {
  const [mails, slacks, teams, webhooks] = await Promise.all([
    listMail(),
    listSlack(),
    listTeams(),
    listWebhooks(),
  ]);
  if (!mails) return null;
  const all = [
    ...mails.map((mail, n): Letter => ({
      id: `mail-${n}`,
      at: instant(mail.at),
      to: String(mail.to),
      title: mail.subject,
      mail,
    })),
    ...(slacks ?? []).map((slack, n): Letter => ({
      id: `slack-${n}`,
      at: instant(slack.at),
      to: 'Slack',
      title: unescape(slack.text),
      slack,
    })),
    ...(teams ?? []).map((card, n): Letter => ({
      id: `teams-${n}`,
      at: instant(card.at),
      to: 'Teams',
      title: titleOf(card),
      teams: card,
    })),
    ...(webhooks ?? []).map((webhook, n): Letter => ({
      id: `webhook-${n}`,
      at: instant(webhook.at),
      to: 'Webhook',
      title: typeOf(webhook),
      webhook,
    })),
  ];
  return all.sort((a, b) => b.at - a.at);
}

/** What a webhook's body calls itself. */
function typeOf({ body }: WebhookCall): string {
  try {
    const { type } = JSON.parse(body) as { type?: unknown };
    return typeof type === 'string' ? type : 'A call';
  } catch {
    return 'A call';
  }
}

const indented = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

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

function LetterView({ letter: { mail, slack, teams, webhook } }: { letter: Letter }) {
  if (mail) return <MailView mail={mail} />;
  return (
    <article class="letter">
      {slack && <SlackBlocks message={slack} />}
      {teams && <TeamsCard teams={teams} />}
      {webhook && (
        <>
          <pre>
            {Object.entries(webhook.headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n')}
          </pre>
          <pre>{indented(webhook.body)}</pre>
        </>
      )}
    </article>
  );
}

function Mailbox({ sent }: { sent: readonly Letter[] | null }) {
  const { query, route } = useLocation();
  if (!sent) return <p class="empty">On AWS mails go out for real; there is no mailbox to look into.</p>;
  if (!sent.length)
    return (
      <p class="empty">
        Nothing was sent yet. Mails of journeys, and handoffs by mail, Slack, Teams and webhooks, will lie
        here.
      </p>
    );
  const chosen = sent.find((each) => each.id === query['letter']);
  const letter = chosen ?? sent[0];
  return (
    // A phone has room for the list or for the letter, not for both.
    <div class={chosen ? 'mailbox chosen' : 'mailbox'}>
      {chosen && (
        <a class="back" href="/mailbox">
          ← All that was sent
        </a>
      )}
      <ol>
        {sent.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              aria-current={each === letter ? 'true' : undefined}
              onClick={() => route(`/mailbox?letter=${each.id}`)}
            >
              <span>
                <b>{each.to}</b>
                <small>{dateTime(each.at)}</small>
              </span>
              {each.title}
            </button>
          </li>
        ))}
      </ol>
      {letter && <LetterView key={letter.id} letter={letter} />}
    </div>
  );
}

/** What was sent on this machine: mails to leads, handoffs to sales by mail, Slack, Teams and webhooks. */
export default function MailboxPage() {
  useTitle('Mailbox');
  const found = useResource('mailbox', letters, 4000);
  return (
    <>
      <h1 class="unseen">Mailbox</h1>
      <Shown of={found}>{(sent) => <Mailbox sent={sent} />}</Shown>
    </>
  );
}
