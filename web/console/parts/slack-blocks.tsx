import type { SlackBlock, SlackMessage, SlackText } from '../mailbox.ts';

export const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Slack's mrkdwn, as far as our messages use it: bold, links, line breaks; everything else stays text. */
function Mrkdwn({ text }: { text: string }) {
  const parts = text.split(/(\*[^*\n]+\*|<https?:[^>|]+\|[^>]+>)/);
  return (
    <>
      {parts.map((part, n) => {
        const [, href, label] = /^<(https?:[^>|]+)\|([^>]+)>$/.exec(part) ?? [];
        if (href && label)
          return (
            <a key={n} href={href} target="_blank" rel="noreferrer">
              {unescape(label)}
            </a>
          );
        if (part.length > 2 && part.startsWith('*') && part.endsWith('*'))
          return <b key={n}>{unescape(part.slice(1, -1))}</b>;
        return <span key={n}>{unescape(part)}</span>;
      })}
    </>
  );
}

const words = (text: SlackText | string | undefined): string =>
  typeof text === 'string' ? text : (text?.text ?? '');

function Block({ block }: { block: SlackBlock }) {
  switch (block.type) {
    case 'header':
      return <h3>{words(block.text)}</h3>;
    case 'divider':
      return <hr />;
    case 'actions':
      return (
        <p class="buttons">
          {block.elements?.map((element, n) =>
            element.url ? (
              <a key={n} class="button" href={element.url} target="_blank" rel="noreferrer">
                {words(element.text)}
              </a>
            ) : (
              <span key={n} class="button">
                {words(element.text ?? element.placeholder)}
              </span>
            ),
          )}
        </p>
      );
    case 'context':
      return (
        <small>
          {block.elements?.map((element, n) => (
            <Mrkdwn key={n} text={words(element.text)} />
          ))}
        </small>
      );
    default:
      return (
        <div>
          {block.text && <Mrkdwn text={block.text.text} />}
          {block.fields && (
            <div class="fields">
              {block.fields.map((field, n) => (
                <div key={n}>
                  <Mrkdwn text={field.text} />
                </div>
              ))}
            </div>
          )}
        </div>
      );
  }
}

/** A Block Kit message, near enough to how Slack shows it. */
export const SlackBlocks = ({ message }: { message: SlackMessage }) => (
  <div class="slack">
    {message.blocks.length ? (
      message.blocks.map((block, n) => <Block key={n} block={block} />)
    ) : (
      <p>{message.text}</p>
    )}
  </div>
);
