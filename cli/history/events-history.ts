import { createPeople } from '../../core/identity/people.ts';
import { createColumns } from '../../core/impact/columns.ts';
import { type HistoryAccount } from '../../core/impact/history.ts';
import { type Message } from '../../core/message/message.ts';
import { readEvents } from '../events.ts';
import { type Io } from '../io.ts';
import { type HistorySource } from './source.ts';

/**
 * The history that a file of Segment messages holds: one a line, may be gzipped, grouped into leads as
 * `kindling score` does.
 * @param at the instant of messages that have no date at all, UTC milliseconds
 * @param shift milliseconds by which everything happened later than the file says
 */
export async function eventsHistory(file: string, at: number, io: Io, shift = 0): Promise<HistorySource> {
  const people = createPeople();
  let bad = 0;
  for await (const line of readEvents(file, at, io)) {
    const added = line.ok ? people.add(later(line.message, shift)) : line;
    if (!added.ok) bad += 1;
  }
  const columns = createColumns();
  for (const { id, emails, users, events } of people.all())
    columns.add({ id, email: emails.at(-1) ?? null, user: users[0] ?? null, state: null }, events);
  const chunk = columns.chunk();
  const accounts = new Map(
    [...people.accounts].map(([id, events]): [string, HistoryAccount] => [
      id,
      { id, events, place: null, entry: 0, handoffs: [] },
    ]),
  );
  const left =
    bad === 0
      ? null
      : `${bad} ${bad === 1 ? 'line was' : 'lines were'} left out; \`kindling score\` says why.`;
  return {
    name: file === '-' ? 'standard input' : file,
    note: left,
    accounts,
    chunks: async function* () {
      yield await Promise.resolve(chunk);
    },
  };
}

const later = (message: Message, shift: number): Message =>
  shift === 0 ? message : { ...message, occurredAt: message.occurredAt + shift };
