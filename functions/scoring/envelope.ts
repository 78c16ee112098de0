import { parseMessage, type Parsed } from '../../core/message/message.ts';
import { fromSes } from '../../core/message/wire/ses.ts';
import type { QuarantineRef } from '../quarantine.ts';
import { DETAIL_TYPE, SOURCE, type MessagesDetail } from '../ingest/pack.ts';
import type { Sent } from './resolve.ts';

/** The detail type by which anyone who may put events on the bus sends messages. */
export const MESSAGE_DETAIL_TYPE = 'kindling.message';

/** One message of a bus event: as it is to be scored, or why it cannot be. */
export type Opened =
  ({ readonly ok: true } & Sent) | { readonly ok: false; readonly reason: string; readonly raw: unknown };

export interface Envelope {
  readonly opened: readonly Opened[];
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** What is out of quarantine once these are scored. */
  readonly replays?: QuarantineRef;
}

/**
 * The messages of a bus event, which is one of three: what ingest took in (checked there, with its key's scope), what
 * another sender put on the bus itself (`kindling.message`; whoever may do that is trusted as a server key is), and
 * what became of a mail (SES). Null for an event that is nothing to score.
 */
export const open = (event: unknown): Envelope | null => {
  const { source, id, time, detail, ...rest } = fieldsOf(event);
  const type = rest['detail-type'];
  const receivedAt = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (source === SOURCE && type === DETAIL_TYPE) return taken(detail as MessagesDetail);
  if (!Number.isFinite(receivedAt)) throw new Error('a bus event without its time');
  if (source === 'aws.ses') return mailed(event, receivedAt);
  if (type === MESSAGE_DETAIL_TYPE) return sent(detail, receivedAt, String(id));
  return null;
};

const taken = ({ key, receivedAt, messages, replays }: MessagesDetail): Envelope => ({
  opened: messages.map((message): Opened => ({ ok: true, message, scope: key.scope })),
  receivedAt,
  ...(replays === undefined ? {} : { replays }),
});

/** One message, or `{batch: [...]}`; where one brings no id, the bus's own id and its place make one. */
const sent = (detail: unknown, receivedAt: number, id: string): Envelope => {
  const { batch, sentAt, context } = fieldsOf(detail);
  const inputs: readonly unknown[] = Array.isArray(batch) ? batch : [detail];
  return {
    receivedAt,
    opened: inputs.map((input, index) =>
      checked(
        parseMessage(input, {
          receivedAt,
          sentAt,
          batchContext: context,
          defaultId: index === 0 ? id : `${id}#${index}`,
        }),
        input,
      ),
    ),
  };
};

const mailed = (event: unknown, receivedAt: number): Envelope | null => {
  const mail = fromSes(event);
  if (mail === null) return null;
  return {
    receivedAt,
    opened: [checked(parseMessage(mail.input, { receivedAt, ...mail }), mail.input)],
  };
};

const checked = (parsed: Parsed, raw: unknown): Opened =>
  parsed.ok ? { ok: true, message: parsed.message, scope: 'server' } : { ...parsed, raw };

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
