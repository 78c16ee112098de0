import { createHash } from 'node:crypto';
import { adjustment } from '../../core/engine/manual.ts';
import { keyedBy } from '../../core/explain/adjusted.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { nearest } from '../../core/nearest.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Taken } from '../../core/view/event.ts';
import { Invalid, Upstream } from '../errors.ts';
import { type HttpRequest, readJson } from '../http.ts';
import type { BusEntry } from '../ingest/pack.ts';
import { log } from '../log.ts';
import type { Clock, Leads, Rulesets } from '../ports.ts';
import { livingLead } from '../read/living.ts';
import { whoAsks } from './who.ts';

export interface AdjustPorts {
  readonly leads: Pick<Leads, 'read'>;
  readonly rulesets: Pick<Rulesets, 'live'>;
  /** Whether the bus has it in the end. */
  readonly publish: (entry: BusEntry) => Promise<boolean>;
  readonly clock: Clock;
}

/** Points of one adjustment, either way. */
const MOST = 1_000_000;
const LONGEST_WHY = 500;
const LONGEST_KEY = 256;
/** What tells of itself on the bus. */
const SOURCE = 'kindling.console';

/**
 * A person's own points for a lead, with the reason: one more event of theirs, by whoever is signed in. The same
 * `Idempotency-Key` of the same person says the same thing once, however often it is sent.
 */
export const adjust = async (ports: AdjustPorts, id: string, request: HttpRequest): Promise<Taken> => {
  const by = whoAsks(request);
  const lead = await livingLead(ports, id);
  const { scoring } = await ports.rulesets.live(lead.epoch);
  const now = ports.clock.now();
  const properties = checked(readJson(request.body), scoring, now);
  const messageId = `adjusted#${stamp(lead.id, by, request)}`;
  const told = await ports.publish({
    source: SOURCE,
    detailType: 'kindling.message',
    detail: JSON.stringify({
      type: 'track',
      event: 'score.adjusted',
      leadId: lead.id,
      messageId,
      timestamp: new Date(now).toISOString(),
      properties: { ...properties, by },
    }),
  });
  if (!told) throw new Upstream('the bus did not take it; try again');
  log.info('adjusted', { lead: lead.id, event: messageId });
  return { id: messageId, lead: lead.id };
};

const stamp = (leadId: string, by: string, { headers, requestId }: HttpRequest): string => {
  const key = headers['idempotency-key'];
  if (key !== undefined && key.length > LONGEST_KEY)
    throw new Invalid(`Idempotency-Key is longer than ${LONGEST_KEY}`);
  return createHash('sha256')
    .update(JSON.stringify([leadId, by, key ?? null, key === undefined ? requestId : null]))
    .digest('hex')
    .slice(0, 32);
};

/** What the body says, if the rules can take it; each refusal says what to send instead. */
const checked = (body: unknown, { scores }: Scoring, now: number): JsonObject => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Invalid('the body must be an object: { score, points, why }');
  const { score, points, why, until, undoes, ...rest } = body as Record<string, Json | undefined>;
  const by = keyedBy(scores)(typeof score === 'string' ? score : '');
  if (typeof score !== 'string' || by === undefined)
    throw new Invalid(`score must be one of ${namesOf(scores).join(', ')}${meant(score, namesOf(scores))}`);
  if (typeof points !== 'number' || points === 0 || Math.abs(points) > MOST)
    throw new Invalid(`points must be a number other than 0, at most ${MOST} either way`);
  const reason = typeof why === 'string' ? why.trim() : '';
  if (reason === '' || reason.length > LONGEST_WHY)
    throw new Invalid(`why must say the reason, in at most ${LONGEST_WHY} characters`);
  if (undoes !== undefined && (typeof undoes !== 'string' || undoes.length > LONGEST_KEY))
    throw new Invalid('undoes must be the id of an adjustment');
  const properties: JsonObject = {
    score,
    points,
    why: reason,
    ...(undoes === undefined ? {} : { undoes }),
    ...(until === undefined || until === null || until === '' ? {} : { until }),
    ...(by === null ? {} : { [by]: keyIn(rest, by, score) }),
  };
  for (const name of Object.keys(rest))
    if (name !== by) throw new Invalid(`nothing is called "${name}" here`);
  const read = adjustment({ properties }, keyedBy(scores));
  if (read === null) throw new Invalid('until must be a date, such as 2026-03-01 or 2026-03-01T08:00:00Z');
  if (read.until <= now) throw new Invalid('until is over already');
  return properties;
};

const keyIn = (rest: Readonly<Record<string, Json | undefined>>, by: string, score: string): string => {
  const key = Object.hasOwn(rest, by) ? rest[by] : undefined;
  if (typeof key !== 'string' || key.trim() === '' || Buffer.byteLength(key) > LONGEST_KEY)
    throw new Invalid(`${score} is a keyed score: say which ${by} the points are for, as "${by}"`);
  return key.trim();
};

const namesOf = (scores: Scoring['scores']): readonly string[] => [
  ...new Set(Object.values(scores).map(({ score }) => score)),
];

const meant = (said: unknown, names: readonly string[]): string => {
  const near = typeof said === 'string' && said.length < 100 ? nearest(said, names) : undefined;
  return near === undefined ? '' : `; did you mean ${near}?`;
};
