import * as z from 'zod/mini';
import {
  type Depended,
  journeyChanges,
  type OnTheWay,
  stepChanges,
} from '../../core/check/journey-changes.ts';
import type { CheckIssue } from '../../core/check/issues.ts';
import type { Travellers } from '../../core/nurture/position.ts';
import type { Listed, Read } from '../../core/publish/request.ts';
import { originKey, shadowKey } from '../aws/keys.ts';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import { log } from '../log.ts';
import { progressOf } from '../rescoring/progress.ts';
import { travellersOf } from './on-the-way.ts';
import { putManifest, putParts, readWhole } from './parts.ts';
import { ruleHistory } from './rule-history.ts';
import { switchTo, type SwitchPorts } from './switch.ts';
import { rulesetProblems } from '../../core/publish/sound.ts';
import { wentBefore } from '../../core/publish/before.ts';

const Hash = z.string().check(z.regex(/^[0-9a-f]{16}$/));
const Text = z.nullable(z.string().check(z.maxLength(200)));
const Limit = z.nullable(z.int().check(z.minimum(0), z.maximum(10_000)));
const Named = {
  hash: Hash,
  commit: z._default(Text, null),
  by: z._default(Text, null),
};
const Terms = z.object({ handoffs: Limit, mails: Limit });

/** What a deployer may ask of `publish`, by invoking it. */
const Request = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('put'), hash: Hash, parts: z.record(z.string(), z.string()) }),
  z.strictObject({
    op: z.literal('announce'),
    hash: Hash,
    parts: z.record(z.string(), z.string()),
    origin: z.optional(z.unknown()),
  }),
  z.strictObject({
    op: z.literal('switch'),
    ...Named,
    base: z.optional(Hash),
    terms: Terms,
    letFinish: z._default(z.boolean(), false),
  }),
  z.strictObject({ op: z.literal('rollback'), ...Named, hash: z.optional(Hash), terms: Terms }),
  z.strictObject({ op: z.literal('shadow'), ...Named, hash: z.nullable(Hash) }),
  z.strictObject({ op: z.literal('rescore') }),
  z.strictObject({ op: z.literal('list') }),
  z.strictObject({ op: z.literal('rule'), rule: z.string().check(z.maxLength(200)) }),
  z.strictObject({
    op: z.literal('on-the-way'),
    journeys: z.array(z.string().check(z.maxLength(40))).check(z.maxLength(1_000)),
  }),
  z.strictObject({ op: z.literal('read'), hash: Hash }),
]);

/** Its answer: a refusal is one, too, so that whoever asked can tell it. */
export type PublishAnswer<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly kind: string; readonly reason: string };

/** Answers a deployer's request; what is wrong with it is an answer, all else an error. */
export const answerRequest = async (ports: SwitchPorts, input: unknown): Promise<PublishAnswer> => {
  const parsed = z.safeParse(Request, input);
  if (!parsed.success)
    return { ok: false, kind: 'Invalid', reason: parsed.error.issues[0]?.message ?? 'no such request' };
  try {
    return { ok: true, value: await carryOut(ports, parsed.data) };
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof NotFound || error instanceof Conflict)) throw error;
    log.warn('refused', { op: parsed.data.op, error });
    return { ok: false, kind: error.name, reason: error.message };
  }
};

const carryOut = async (ports: SwitchPorts, request: z.output<typeof Request>): Promise<unknown> => {
  const { table, published, now } = ports;
  switch (request.op) {
    case 'put':
      await putParts(table, request.hash, request.parts);
      return null;
    case 'announce':
      await putManifest(table, request.hash, { parts: request.parts });
      if (request.origin !== undefined)
        await table.put({ ...originKey(request.hash), body: JSON.stringify(request.origin) });
      return null;
    case 'switch': {
      const { base, letFinish, ...wanted } = request;
      await refuseTaken(ports, request.hash, letFinish);
      return switchTo(ports, base === undefined ? wanted : { ...wanted, base });
    }
    case 'rollback':
      return rollBack(ports, request);
    case 'shadow':
      return shadow(ports, request);
    case 'rescore': {
      const live = await published.live();
      if (live === null) throw new NotFound('nothing is published');
      await ports.startRescore(live);
      return progressOf(table, live);
    }
    case 'list': {
      const publications = await published.list();
      const live = publications.at(-1) ?? null;
      return {
        now: now(),
        live,
        publications,
        shadow: await published.shadow(),
        rescore: live === null ? null : await progressOf(table, live),
      } satisfies Listed;
    }
    case 'rule':
      return ruleHistory(ports, request.rule);
    case 'on-the-way':
      return travellersBy(ports, request.journeys);
    case 'read':
      return {
        ruleset: await readWhole(table, request.hash),
        origin: await published.origin(request.hash),
      } satisfies Read;
    default:
      return request satisfies never;
  }
};

/** Refuses a switch that takes away what leads on their way through journeys depend on. */
const refuseTaken = async (ports: SwitchPorts, hash: string, letFinish: boolean): Promise<void> => {
  const { table, published } = ports;
  const live = await published.live();
  if (live === null || live.hash === hash) return;
  const [before, after] = [await readWhole(table, live.hash), await readWhole(table, hash)];
  // Nobody is counted where whoever there may be would miss nothing.
  if (takenAway(before, after, null, letFinish).length === 0) return;
  const taken = takenAway(before, after, await travellersBy(ports, Object.keys(before.journeys)), letFinish);
  if (taken.length > 0) throw new Invalid(taken.map(({ file, message }) => `${file}: ${message}`).join('; '));
};

const takenAway = (
  before: Depended,
  after: Depended,
  onTheWay: OnTheWay,
  letFinish: boolean,
): readonly CheckIssue[] => [
  ...journeyChanges(before, after, onTheWay),
  ...(letFinish ? [] : stepChanges(before, after, onTheWay)),
];

const travellersBy = async (
  { table, now }: Pick<SwitchPorts, 'table' | 'now'>,
  journeys: readonly string[],
): Promise<Record<string, readonly Travellers[]>> => {
  const found: Record<string, readonly Travellers[]> = {};
  for (const name of new Set(journeys)) found[name] = await travellersOf(table, name, now());
  return found;
};

type Back = Extract<z.output<typeof Request>, { op: 'rollback' }>;

/** Goes back to what is named, else to what was live before, if that is still what it goes back from. */
const rollBack = async (
  ports: SwitchPorts,
  { hash: named, commit: _commit, ...wanted }: Back,
): Promise<unknown> => {
  const { published } = ports;
  const publications = await published.list();
  const hash = named ?? wentBefore(publications);
  if (hash === null)
    throw new NotFound(
      'nothing was live before, or only what has been left behind since; ' +
        '`kindling rulesets` lists what was, and `kindling rollback HASH` makes one live',
    );
  // Going back is for when something is wrong: the mails of a step that it takes out are no reason to stay.
  await refuseTaken(ports, hash, true);
  const commit = (await published.origin(hash))?.commit ?? null;
  const from = publications.at(-1)?.hash;
  const base = named === undefined && from !== undefined ? { base: from } : {};
  return switchTo(ports, { ...wanted, ...base, hash, commit });
};

const shadow = async (
  { table, published, now }: SwitchPorts,
  { hash, commit, by }: { hash: string | null; commit: string | null; by: string | null },
): Promise<unknown> => {
  if (hash === null) {
    await table.remove(shadowKey);
    return null;
  }
  const problems = rulesetProblems(await readWhole(table, hash), hash);
  if (problems.length > 0) throw new Invalid(`ruleset ${hash} is broken: ${problems.slice(0, 5).join('; ')}`);
  const known = await published.shadow();
  // The same one again goes on since when it did.
  if (known?.hash === hash) return known;
  const next = { hash, at: now(), commit, by };
  await table.put({ ...shadowKey, ...next });
  return next;
};
