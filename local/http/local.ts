import { isLoopback, json, message, type HttpAnswer, type HttpRequest } from './message.ts';
import { type Sinks } from './sinks.ts';
import { type Due } from '../due.ts';
import { FAULTS, type Faults } from '../faults.ts';
import { type Issuer } from '../issuer.ts';
import { SES_EVENTS } from '../mail/ses-event.ts';
import { type Principals } from '../principals.ts';
import { AwsError, type Clock, type Invoked, type MailService } from '../service.ts';

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A length of time in ms; undefined when it is none.
 *  @example durationMs('1d12h') // 129600000 */
export const durationMs = (text: string): number | undefined => {
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g))
    total += Number(count) * (UNITS[unit ?? ''] ?? 0);
  return Math.round(total);
};

export interface LocalDeps {
  /** Runs a function by its logical id, as whoever deploys. */
  readonly invoke: (name: string, event: unknown) => Promise<Invoked>;
  readonly clock: Clock;
  readonly due: Due;
  readonly faults: Faults;
  readonly mail: MailService;
  readonly issuer: Issuer;
  readonly access: Principals;
  /** What stands in for Slack and others. */
  readonly sinks: Sinks;
  /** Reads the table. */
  readonly table: (request: HttpRequest) => Promise<HttpAnswer>;
}

const parsed = (request: HttpRequest): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(request.body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Whether a browser asks on behalf of another site. It says so by `Origin`, and where it leaves that out (a picture, a
 * script, a form of old) by `Sec-Fetch-Site`. Somebody who follows a link to the sign-in is not that site.
 */
const isForeign = ({ method, path, headers }: HttpRequest): boolean => {
  const { origin } = headers;
  // `localhost` and `127.0.0.1` are two sites to a browser, and one machine to us.
  if (origin !== undefined) return !URL.canParse(origin) || !isLoopback(new URL(origin).host);
  const isSignIn = path.startsWith('/_local/issuer/') && headers['sec-fetch-mode'] === 'navigate';
  return headers['sec-fetch-site'] === 'cross-site' && !(method === 'GET' && isSignIn);
};

/** What exists only on one machine: the clock, the mailbox, Slack's stand-in, sign-in. */
export const createLocal = (deps: LocalDeps) => {
  const { clock, due } = deps;
  const time = (): HttpAnswer =>
    json(200, { now: new Date(clock.now()).toISOString(), virtual: clock.virtual });

  /** Nobody reads the mails here, so whoever asks says what becomes of one: `{ id, event: 'Click', details: { link } }`. */
  const letHappen = async (request: HttpRequest): Promise<HttpAnswer> => {
    const { id, event: said, details } = parsed(request) ?? {};
    const event = SES_EVENTS.find((each) => each === said);
    if (typeof id !== 'string' || event === undefined)
      return message(400, `Send { id, event, details }; event is one of ${SES_EVENTS.join(', ')}.`);
    const known = await deps.mail.event(id, event, details ?? {});
    return known ? json(200, {}) : message(404, 'There is no such mail.');
  };

  const moveClock = async (request: HttpRequest): Promise<HttpAnswer> => {
    const body = parsed(request);
    const by = typeof body?.advance === 'string' ? durationMs(body.advance) : undefined;
    const to =
      typeof body?.to === 'string' ? Date.parse(body.to) : by === undefined ? Number.NaN : clock.now() + by;
    if (Number.isNaN(to))
      return message(400, 'Give {"advance":"7d"} (s, m, h, d, w) or {"to":"2026-05-14T09:00:00Z"}.');
    if (!clock.virtual) return message(409, 'The clock is real: start with a virtual one to move it.');
    if (to < clock.now())
      return message(409, `Time does not go back: it is ${new Date(clock.now()).toISOString()}.`);
    await due.advance(to);
    return time();
  };

  /** What `lambda:InvokeFunction` is for whoever deploys: on one machine, whoever sits at it. */
  const invokeFunction = async (request: HttpRequest, name: string): Promise<HttpAnswer> => {
    try {
      return json(200, await deps.invoke(name, JSON.parse(request.body.toString()) as unknown));
    } catch (error) {
      if (error instanceof AwsError) return message(error.status, error.message);
      if (error instanceof SyntaxError) return message(400, 'The body is no JSON.');
      throw error;
    }
  };

  return async (request: HttpRequest): Promise<HttpAnswer> => {
    const path = request.path.slice('/_local'.length);
    if (isForeign(request)) return message(403, 'Other sites may not ask this.');
    if (path.startsWith('/issuer/')) return deps.issuer.handle(request, path.slice('/issuer'.length));
    if (request.method === 'POST' && /^\/dynamodb\/?$/.test(path)) return deps.table(request);
    if (request.method === 'POST' && path.startsWith('/invoke/'))
      return invokeFunction(request, path.slice('/invoke/'.length));
    switch (`${request.method} ${path}`) {
      case 'GET /clock':
        return time();
      case 'POST /clock':
        return moveClock(request);
      case 'GET /idle':
        await due.idle();
        return json(200, { idle: true });
      case 'POST /mail/event':
        return letHappen(request);
      case 'POST /faults':
        return deps.faults.set(parsed(request))
          ? json(200, {})
          : message(400, `Send { mail: { throttled: 0.1 } }, shares of 1; faults are ${FAULTS.join(', ')}.`);
      case 'GET /mail':
        return json(200, await deps.mail.sent());
      case 'GET /actions':
        return json(200, deps.access.actions());
      default:
        return deps.sinks.answer(request, path) ?? message(404, 'Not Found');
    }
  };
};
