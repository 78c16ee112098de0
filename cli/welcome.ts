import { type Runtime } from '../local/runtime.ts';
import { type Io, styled } from './io.ts';

/** What a sender of events shows; the browser's key is public and may do less. */
export interface Keys {
  readonly browser: string;
  readonly server: string;
}

/** For programs: one line, once everything answers. */
export async function readyLine(runtime: Pick<Runtime, 'url' | 'token'>, keys: Keys): Promise<string> {
  return `${JSON.stringify({ ready: true, url: runtime.url, keys, token: await runtime.token() })}\n`;
}

/** For people: where everything is, and a first event to send. */
export function welcome(
  url: string,
  keys: Keys,
  how: { rules: string; data: string; playing: boolean },
  io: Io,
): string {
  const body =
    '{"type":"track","event":"Demo Booked","userId":"ada","traits":{"email":"ada@difference.example"}}';
  const rows: [string, string][] = [
    ['Console', styled(io, ['bold', 'cyan'], `${url}/`)],
    ['Mailbox', `${url}/mailbox`],
    ['Ingest', `${url}/v1/`],
    ['', `browser key  ${keys.browser}`],
    ['', `server key   ${keys.server}`],
    ['Rules', `${how.rules}  (change them, then start again)`],
    ['State', how.data],
  ];
  return (
    `\n${styled(io, 'bold', 'Kindling is up')}\n\n` +
    rows.map(([name, text]) => `  ${styled(io, 'dim', name.padEnd(9))}${text}\n`).join('') +
    `\nSend an event${how.playing ? ', once the sample has been played (until then it is the past)' : ''}:\n\n  curl -u ${keys.server}: ${url}/v1/track -d '${body}'\n\nCtrl-C stops it.\n\n`
  );
}
