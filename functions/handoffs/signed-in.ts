import * as z from 'zod/mini';
import { answered, ended, refOfName } from '../../core/handoff/answer.ts';
import { reasonsOf } from '../../core/handoff/reasons.ts';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import { type HttpAnswer, type HttpRequest, json, readJson } from '../http.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import { whoAsks } from '../write/who.ts';
import { respond, type RespondPorts } from './respond.ts';

export interface SignedInPorts extends RespondPorts {
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff'>;
  readonly clock: { now(): number };
}

const handoff = z.string().check(z.maxLength(400));
const reason = z.optional(z.string().check(z.maxLength(200)));
const AnswerBody = z.strictObject({ handoff, answer: z.enum(['accepted', 'not-now', 'not-a-fit']), reason });
const DealBody = z.strictObject({
  handoff,
  deal: z.enum(['won', 'lost']),
  reason,
  amount: z.optional(z.number().check(z.gte(0), z.lte(1e12))),
});

/** `POST /api/handoffs/answers` and `/api/handoffs/deals`: what people say who are signed in, under their own name. */
export const answerSignedIn = async (ports: SignedInPorts, request: HttpRequest): Promise<HttpAnswer> => {
  const by = whoAsks(request);
  const at = ports.clock.now();
  if (request.path === '/api/handoffs/answers') {
    const body = read(AnswerBody, request, '{ handoff, answer: accepted | not-now | not-a-fit, reason? }');
    const because = await reasonIn(ports, body);
    return said(ports, body.handoff, (record) => answered(record, { what: body.answer, by, at, ...because }));
  }
  if (request.path === '/api/handoffs/deals') {
    const body = read(DealBody, request, '{ handoff, deal: won | lost, reason?, amount? }');
    const why = body.reason?.trim() ?? '';
    return said(ports, body.handoff, (record) => {
      if (record.state === 'open')
        throw new Conflict('nobody has accepted this handoff yet: answer it first');
      return ended(record, {
        what: body.deal,
        by,
        at,
        ...(why === '' ? {} : { reason: why }),
        ...(body.amount === undefined ? {} : { amount: body.amount }),
      });
    });
  }
  throw new NotFound('nothing lives here');
};

const said = async (
  ports: SignedInPorts,
  name: string,
  decide: Parameters<typeof respond>[2],
): Promise<HttpAnswer> => {
  const ref = refOfName(name);
  const standing = ref && (await respond(ports, ref, decide));
  if (ref === null || standing === null) throw new NotFound('there is no such handoff');
  const { answer, deal, state } = standing.record;
  log.info('handoff answered', { [ref.of]: ref.id, entry: ref.entry, state });
  // Of two who answer at once the first is taken, and both are told who that was.
  return json(200, { handoff: name, state, answer: answer ?? null, deal: deal ?? null });
};

/** The reason of "not a fit" is one that the rules name, so that reports can count it. */
const reasonIn = async (
  { rulesets }: SignedInPorts,
  { answer, reason: given }: z.infer<typeof AnswerBody>,
): Promise<{ reason?: string }> => {
  if (answer !== 'not-a-fit') return {};
  const known = reasonsOf(await rulesets.handoff(await rulesets.live()));
  if (given === undefined || !Object.hasOwn(known, given))
    throw new Invalid(`reason must be one of ${Object.keys(known).join(', ')}`);
  return { reason: given };
};

const read = <T extends z.core.$ZodType>(schema: T, { body }: HttpRequest, wanted: string): z.output<T> => {
  const parsed = z.safeParse(schema, readJson(body));
  if (!parsed.success) throw new Invalid(`the body must be ${wanted}`);
  return parsed.data;
};
