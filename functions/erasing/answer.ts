import * as z from 'zod/mini';
import type { ErasedLead, ErasedList, ErasureDone, ErasurePreview } from '../../core/view/erasure.ts';
import type { Lead } from '../../core/lead.ts';
import { ERASED_PK } from '../aws/keys.ts';
import { Invalid, NotFound } from '../errors.ts';
import { livingLead } from '../read/living.ts';
import { type HttpHandler, type HttpRequest, json, onHttp, readJson } from '../http.ts';
import { unescaped } from '../path.ts';
import { survivor } from '../read/list.ts';
import { whoAsks } from '../write/who.ts';
import { eraseLead, finishErasure, type ErasePorts } from './erase.ts';
import { keysOfLead, mergedLeads } from './keys.ts';
import { refusedOf } from './refused.ts';
import { added, countsOf, NOTHING, under } from './sweep.ts';

/** Ids are made by us and short. */
const MAX_ID = 128;
const LONGEST_REASON = 200;
/** What is left of a request's time when it answers, and leaves the rest to `degrade`, ms. */
const RESERVE = 4_000;
/** Erasures that one answer lists. */
const LISTED = 500;

const Asked = z.strictObject({
  reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(LONGEST_REASON)),
});

/**
 * `DELETE /api/leads/{id}` erases a lead; `GET /api/leads/{id}/erasure` says what that would remove, and
 * `GET /api/erased` whom it was done to. Who may ask is decided before, by the gateway.
 */
export const createErase = (ports: ErasePorts): HttpHandler => {
  let deadline = Infinity;
  const answer = onHttp(async (request) => {
    const [, what, id = '', more, ...rest] = request.path.split('/').filter((part) => part !== '');
    const leadId = unescaped(id);
    if (leadId.length > MAX_ID || rest.length > 0) throw new NotFound('nothing lives here');
    if (what === 'erased' && request.method === 'GET' && id === '') return json(200, await listErased(ports));
    if (what !== 'leads') throw new NotFound('nothing lives here');
    if (request.method === 'GET' && more === 'erasure') return json(200, await preview(ports, leadId));
    if (request.method !== 'DELETE' || more !== undefined) throw new NotFound('nothing lives here');
    const done = await erase(ports, leadId, request, () => ports.clock.now() < deadline);
    return json(done.done ? 200 : 202, done);
  });
  return async (event, context) => {
    deadline = ports.clock.now() + context.getRemainingTimeInMillis() - RESERVE;
    return answer(event, context);
  };
};

const erase = async (
  ports: ErasePorts,
  leadId: string,
  request: HttpRequest,
  hasTime: () => boolean,
): Promise<ErasureDone> => {
  const by = whoAsks(request);
  const asked = z.safeParse(Asked, readJson(request.body));
  if (!asked.success)
    throw new Invalid(`reason must say why, in at most ${LONGEST_REASON} characters: { "reason": "…" }`);
  const { reason } = asked.data;
  const known = await survivor(ports, leadId);
  if (known !== null && names(known, reason))
    throw new Invalid('the reason stays after the lead is gone: say it without their name or address');
  const { id, erased } = await eraseLead(ports, leadId, { by, reason });
  if (erased === undefined) throw new Error('an erased lead without its erasure');
  const done = (await finishErasure(ports, id, hasTime)) !== null;
  return { lead: id, ...erased, done };
};

/** Whether a text says who the lead is. */
const names = ({ name, email, emails, users }: Lead, text: string): boolean => {
  const said = text.toLowerCase();
  return [name, email, ...emails, ...users].some(
    (each) => each !== null && each.trim().length > 2 && said.includes(each.trim().toLowerCase()),
  );
};

/** Everything that an erasure would remove. */
const preview = async (ports: ErasePorts, leadId: string): Promise<ErasurePreview> => {
  const lead = await livingLead(ports, leadId);
  const keys = await keysOfLead(ports, lead);
  const merged = await mergedLeads(ports, lead.id, keys);
  let counts = NOTHING;
  for await (const items of under(ports.table, lead.id)) counts = added(counts, countsOf(items));
  const of = (kind: string): string[] => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const [users, emails, anonymous] = [of('user'), of('email'), of('anonymous')];
  const refused = await refusedOf(
    ports.table,
    { leads: [lead.id], users, emails, anonymous },
    ports.clock.now(),
  );
  return {
    lead: lead.id,
    name: lead.name,
    email: lead.email,
    ...counts,
    keys: { users: users.length, emails: emails.length, anonymous: anonymous.length },
    merged: merged.length,
    refused: refused.length,
  };
};

const listErased = async ({ table }: Pick<ErasePorts, 'table'>): Promise<ErasedList> => {
  const found: ErasedLead[] = [];
  for await (const items of table.query({
    KeyConditionExpression: 'pk = :pk',
    values: { ':pk': ERASED_PK },
    ScanIndexForward: false,
    Limit: LISTED + 1,
  })) {
    for (const { lead, at, by, reason } of items)
      found.push({ lead: String(lead), at: Number(at), by: String(by), reason: String(reason) });
    if (found.length > LISTED) break;
  }
  return { erased: found.slice(0, LISTED), more: found.length > LISTED };
};
