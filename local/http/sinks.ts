import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, type HttpAnswer, type HttpRequest } from './message.ts';
import { type Clock } from '../service.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What other products would have been told: Slack, Microsoft Teams, webhooks. */
export interface Sinks {
  /** Null where the path is none of theirs. @param path below `/_local` */
  answer(request: HttpRequest, path: string): HttpAnswer | null;
}

/** Keeps lines; half a line before, by a kill, costs only itself: it was never answered. */
const openLines = (file: string) => ({
  append: (line: Fields): void => appendFileSync(file, `\n${JSON.stringify(line)}`),
  read: (): Fields[] => {
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Fields];
      } catch {
        return [];
      }
    });
  },
});

const parsed = (body: Buffer): Fields | null => {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
};
const said = (status: number, body = ''): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});

/** @param dir where they are kept, a file each */
export const openSinks = (dir: string, clock: Pick<Clock, 'now'>): Sinks => {
  const slack = openLines(join(dir, 'slack.ndjson'));
  const teams = openLines(join(dir, 'teams.ndjson'));
  const webhooks = openLines(join(dir, 'webhooks.ndjson'));
  const at = (): string => new Date(clock.now()).toISOString();

  /** Each as it stands, in the order in which they came; a message that was replaced is told once. */
  const messages = (): Fields[] => {
    const all: Fields[] = [];
    for (const { replaces, ...line } of slack.read()) {
      const before = typeof replaces === 'number' ? all[replaces - 1] : undefined;
      if (before === undefined) all.push({ id: all.length + 1, ...line });
      else all[Number(replaces) - 1] = { ...before, ...line, at: before.at, replacedAt: line.at };
    }
    return all;
  };
  /** A webhook's message; or, at a message's own address, what comes in its place. */
  const takeSlack = (request: HttpRequest, replaces: number | null): HttpAnswer => {
    const body = parsed(request.body);
    if (!body) return said(400, 'invalid_payload');
    const { blocks = [], text = '' } = body;
    if (replaces !== null && messages()[replaces - 1] === undefined) return said(404, 'no_text');
    slack.append({ blocks, text, at: at(), ...(replaces === null ? {} : { replaces }) });
    return said(200, 'ok');
  };
  const takeTeams = (request: HttpRequest): HttpAnswer => {
    const message = parsed(request.body);
    if (!message) return said(400);
    teams.append({ message, at: at() });
    return said(202);
  };
  const takeWebhook = (request: HttpRequest): HttpAnswer => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-')),
    );
    webhooks.append({ headers, body: request.body.toString(), at: at() });
    return said(204);
  };

  return {
    answer: (request, path) => {
      const message = /^\/slack\/(\d{1,9})$/.exec(path)?.[1];
      if (message !== undefined && request.method === 'POST') return takeSlack(request, Number(message));
      switch (`${request.method} ${path}`) {
        case 'GET /slack':
          return json(200, messages());
        case 'POST /slack':
          return takeSlack(request, null);
        case 'GET /teams':
          return json(200, teams.read());
        case 'POST /teams':
          return takeTeams(request);
        case 'GET /webhooks':
          return json(200, webhooks.read());
        case 'POST /webhooks':
          return takeWebhook(request);
        default:
          return null;
      }
    },
  };
};
