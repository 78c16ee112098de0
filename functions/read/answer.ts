import type { Report } from '../../core/report/handoffs.ts';
import type { QuarantineItem } from '../../core/view/event.ts';
import type { UnsettledMails } from '../../core/view/mail.ts';
import type { RulesetList } from '../../core/view/ruleset.ts';
import { Invalid, NotFound } from '../errors.ts';
import { type HttpAnswer, type HttpHandler, type HttpRequest, json, onHttp } from '../http.ts';
import { listAccounts, readAccount } from './accounts.ts';
import { countBands } from './bands.ts';
import { createCurrent, type Current } from './current.ts';
import { journeyEffects, listJourneys } from './journeys.ts';
import { listHeld } from './held.ts';
import { handoffReport, listHandoffs } from './handoffs.ts';
import { listEmails, previewEmail } from './emails.ts';
import { listLeads } from './list.ts';
import { readPage } from './page.ts';
import type { ReadPorts } from './ports.ts';
import { unescaped } from '../path.ts';
import { act, type WritePorts } from '../write/answer.ts';

const DAY = 86_400_000;
/** Switches that are shown. */
const RULESETS = 50;
/** How far back the quarantine is looked through, and how much of it is shown. */
const REFUSED_DAYS = 14;
const REFUSED = 200;

/** What the console shows, and what people do in it. Who may ask is decided before, by the gateway. */
export const createApi = (ports: ReadPorts & WritePorts): HttpHandler => {
  const current = createCurrent(ports);
  return onHttp((request) =>
    request.method === 'POST' ? act(ports, request) : answer(ports, current, request),
  );
};

const answer = async (ports: ReadPorts, current: Current, request: HttpRequest): Promise<HttpAnswer> => {
  const [api, what, id, ...rest] = request.path.split('/').filter((part) => part !== '');
  if (request.method !== 'GET' || api !== 'api') throw new NotFound('nothing lives here');
  // An account's id is what a sender calls it, slashes too.
  if (what === 'accounts' && id !== undefined)
    return json(200, await readAccount(ports, current, [id, ...rest].map(unescaped).join('/')));
  if (what === 'emails' && id !== undefined && rest.length === 1 && rest[0] === 'preview')
    return json(200, await previewEmail(ports, unescaped(id), request.query));
  if (rest.length > 0) throw new NotFound('nothing lives here');
  if (what === 'leads' && id !== undefined)
    return json(200, await readPage(ports, unescaped(id), request.query['at']));
  if (id !== undefined) throw new NotFound('nothing lives here');
  switch (what) {
    case 'leads':
      return json(200, await listLeads(ports, current, request.query));
    case 'accounts':
      return json(200, await listAccounts(ports, request.query));
    case 'handoffs':
      return json(200, await listHandoffs(ports, request.query));
    case 'held':
      return json(200, await listHeld(ports));
    case 'report':
      return json(200, await reportOf(ports, request.query));
    case 'bands':
      return json(200, { bands: await countBands(ports) });
    case 'journeys':
      return json(200, { journeys: await listJourneys(ports) });
    case 'emails':
      return json(200, { emails: await listEmails(ports) });
    case 'mails':
      return json(200, await mailsOf(ports, request.query.outcome));
    case 'quarantine':
      return json(200, { items: await refusedLately(ports) });
    case 'rulesets':
      return json(200, await rulesetsOf(ports));
    case 'rescore':
      return json(200, await ports.published.progress());
    case 'config':
      return json(200, ports.config);
    default:
      throw new NotFound('nothing lives here');
  }
};

const reportOf = async (ports: ReadPorts, query: HttpRequest['query']): Promise<Report> => ({
  ...(await handoffReport(ports, query)),
  journeys: await journeyEffects(ports),
});

/** The last of what was live, newest first, and what scores beside it. */
const rulesetsOf = async ({ published }: ReadPorts): Promise<RulesetList> => {
  const [all, challenger] = await Promise.all([published.list(), published.shadow()]);
  return { published: all.slice(0, RULESETS), challenger };
};

const mailsOf = ({ unsettled, clock }: ReadPorts, outcome: string | undefined): Promise<UnsettledMails> => {
  if (outcome !== 'unknown') throw new Invalid('say which: ?outcome=unknown');
  return unsettled.list(clock.now());
};

const refusedLately = ({ refused, clock }: ReadPorts): Promise<readonly QuarantineItem[]> => {
  const now = clock.now();
  return refused.newest(now, now - REFUSED_DAYS * DAY, REFUSED);
};
