import { answered, ended } from '../../core/handoff/answer.ts';
import { type AnswerLink, readAnswerToken } from '../../core/handoff/answer-link.ts';
import { type AnswerKind, askedOf } from '../../core/handoff/handoff.ts';
import { answerInWords } from '../../core/handoff/in-words.ts';
import { reasonsOf } from '../../core/handoff/reasons.ts';
import { html, type HttpAnswer, type HttpRequest } from '../http.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import { inZone } from '../../core/mail/variables.ts';
import { languagesOf } from '../mail/page-texts.ts';
import { handoffTextsFor, type HandoffTexts } from './page-texts.ts';
import { brokenPage, confirmPage, expiredPage, gonePage } from './pages.ts';
import { respond, type RespondPorts } from './respond.ts';
import type { Standing, Standings } from './standing.ts';

export interface ConfirmPorts extends RespondPorts {
  readonly standings: RespondPorts['standings'] & Pick<Standings, 'find'>;
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff' | 'settings'>;
  readonly linkSecret: () => Promise<string>;
  readonly clock: { now(): number };
}

const ANSWERS: readonly AnswerKind[] = ['accepted', 'not-now', 'not-a-fit'];

/** The page behind a message's buttons: looking changes nothing, as mail scanners open every link; its own buttons act. */
export const confirm = async (ports: ConfirmPorts, request: HttpRequest): Promise<HttpAnswer> => {
  const { method, params, query, body } = request;
  const texts = handoffTextsFor(languagesOf(request.headers['accept-language']));
  const now = ports.clock.now();
  const link = readAnswerToken(params.token ?? '', await ports.linkSecret(), now);
  if (link === null) return html(400, brokenPage(texts));
  if (link === 'expired') return html(410, expiredPage(texts));
  const standing = await ports.standings.answering(link);
  if (standing === null) return html(410, gonePage(texts));
  if (method !== 'POST') return html(200, await pageOf(ports, texts, standing, query.answer ?? ''));
  const form = new URLSearchParams(body.toString('utf8').slice(0, 4_000));
  const after = await act(ports, link, form, now);
  return after === null ? html(400, brokenPage(texts)) : html(200, await pageOf(ports, texts, after, ''));
};

const act = async (
  ports: ConfirmPorts,
  link: AnswerLink,
  form: URLSearchParams,
  now: number,
): Promise<Standing | null> => {
  const asked = form.get('answer');
  const what = ANSWERS.find((each) => each === asked);
  const deal = asked === 'won' || asked === 'lost' ? asked : null;
  if (what === undefined && deal === null) return null;
  const reason = form.get('reason') ?? '';
  const known = await ports.standings.find(link);
  if (known === null) return null;
  if (what === 'not-a-fit' && !Object.hasOwn(reasonsOf(await rulesOf(ports, known)), reason)) return null;
  // Who asks stands in the handoff that the link is of, whichever is answered.
  const by = askedOf(known.record)[link.asked]?.owner.name ?? known.record.owner.name;
  const after = await respond(ports, link, (record) => {
    if (what !== undefined)
      return answered(record, { what, by, at: now, ...(what === 'not-a-fit' ? { reason } : {}) });
    const said = reason.trim().slice(0, 200);
    // A deal is of whoever took it: an open one is answered first.
    if (record.state === 'open') return { do: 'nothing' };
    return ended(record, { what: deal ?? 'lost', by, at: now, ...(said === '' ? {} : { reason: said }) });
  });
  log.info('handoff answered', {
    [link.of]: link.id,
    entry: link.entry,
    asked,
    state: after?.record.state ?? 'gone',
  });
  return after;
};

const rulesOf = async ({ rulesets }: ConfirmPorts, { record }: Standing) =>
  (await rulesets.handoff(record.ruleset)) ?? (await rulesets.handoff(await rulesets.live()));

const pageOf = async (
  ports: ConfirmPorts,
  texts: HandoffTexts,
  standing: Standing,
  wanted: string,
): Promise<string> => {
  const { record } = standing;
  const { brief } = record;
  const reasons = reasonsOf(await rulesOf(ports, standing));
  const { time_zone: timeZone = 'UTC' } = await ports.rulesets.settings(record.ruleset);
  const isAccount = 'people' in brief;
  return confirmPage(texts, {
    name: brief.name ?? (isAccount ? texts.anAccount : (brief.email ?? texts.aLead)),
    about: isAccount
      ? [brief.industry, brief.country].filter((text) => text !== null).join(', ')
      : [brief.title, brief.company].filter((text) => text !== null).join(', '),
    standing: isAccount
      ? texts.people(brief.people.length + brief.more, brief.band)
      : texts.points(brief.band, brief.total),
    state: record.state,
    ended: record.deal !== undefined,
    said: answerInWords(record, reasons, (at) => inZone(at, timeZone, texts.locale), texts.answers),
    reasons,
    wanted,
  });
};
