import type { TeamsMessage } from '../mailbox.ts';

/** What of an Adaptive Card says something to people. */
interface Element {
  readonly type?: string;
  readonly text?: string;
  readonly title?: string;
  readonly url?: string;
  readonly weight?: string;
  readonly size?: string;
  readonly spacing?: string;
  readonly isSubtle?: boolean;
  readonly inlines?: readonly Element[];
  readonly facts?: readonly { readonly title: string; readonly value: string }[];
  readonly items?: readonly Element[];
  readonly body?: readonly Element[];
  readonly actions?: readonly Element[];
  readonly columns?: readonly Element[];
}

/** Runs of text in one line; a large one is the card's heading. */
function Rich({ of: { inlines = [], spacing } }: { of: Element }) {
  const runs = inlines.map(({ text, weight, isSubtle }, n) =>
    isSubtle ? (
      <span key={n} class="muted">
        {text}
      </span>
    ) : weight === 'Bolder' ? (
      <b key={n}>{text}</b>
    ) : (
      <span key={n}>{text}</span>
    ),
  );
  if (inlines.some(({ size }) => size === 'Large')) return <h3>{inlines.map(({ text }) => text)}</h3>;
  return <p class={spacing === 'None' ? 'close' : undefined}>{runs}</p>;
}

function Part({ of }: { of: Element }) {
  const inner = [...(of.body ?? []), ...(of.items ?? []), ...(of.columns ?? [])];
  return (
    <>
      {of.type === 'TextBlock' && (of.weight === 'Bolder' ? <h3>{of.text}</h3> : <p>{of.text}</p>)}
      {of.type === 'RichTextBlock' && <Rich of={of} />}
      {of.facts && (
        <dl class="facts">
          {of.facts.map(({ title, value }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {inner.map((each, n) => (
        <Part key={n} of={each} />
      ))}
      {of.actions && (
        <p class="buttons">
          {of.actions.map((action, n) =>
            action.url?.startsWith('http') ? (
              <a key={n} class="button" href={action.url} target="_blank" rel="noreferrer">
                {action.title}
              </a>
            ) : (
              <span key={n} class="button">
                {action.title}
              </span>
            ),
          )}
        </p>
      )}
    </>
  );
}

const cardsIn = (message: object): readonly Element[] => {
  const { attachments } = message as { attachments?: readonly { readonly content?: Element }[] };
  return (attachments ?? []).flatMap(({ content }) => content ?? []);
};

/** The first words of a card. */
export const titleOf = ({ message }: TeamsMessage): string => {
  const find = (of: Element): string | undefined =>
    of.text ??
    [...(of.body ?? []), ...(of.items ?? []), ...(of.columns ?? []), ...(of.inlines ?? [])]
      .map(find)
      .find(Boolean);
  return cardsIn(message).map(find).find(Boolean) ?? 'A card';
};

/** An Adaptive Card, near enough to how Teams shows it. */
export const TeamsCard = ({ teams }: { teams: TeamsMessage }) => (
  <div class="slack">
    {cardsIn(teams.message).map((card, n) => (
      <Part key={n} of={card} />
    ))}
  </div>
);
