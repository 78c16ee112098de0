import { expect, test } from 'vitest';
import type { Publication } from '../../../core/publish/origin.ts';
import { manifestOf, partsOf } from '../../../core/publish/parts.ts';
import type { PublishRequest } from '../../../core/publish/request.ts';
import { type Ruleset, rulesetHash } from '../../../core/ruleset.ts';
import { liveKey, manifestKey, PUBLISHED_PK, rulesetKey } from '../../../functions/aws/keys.ts';
import { publicationOf } from '../../../functions/aws/published.ts';
import { NEW, type Item, type Table } from '../../../functions/aws/table.ts';
import { log } from '../../../functions/log.ts';
import { answerRequest } from '../../../functions/publishing/requests.ts';
import { walk, type World } from '../scoring/walk.ts';
import { NOW, ruleset } from '../scoring/product.ts';
import { publishPorts } from './publisher.ts';

log.setLogLevel('SILENT');

/** The same rules, but hot begins elsewhere. */
const hotFrom = (points: number): Ruleset => ({
  ...ruleset,
  bands: { ...ruleset.bands, bands: { cold: 0, hot: points } },
});
const [FIRST, SECOND, A, B] = [50, 60, 70, 80].map(hotFrom) as [Ruleset, Ruleset, Ruleset, Ruleset];
const hashOf = (rules: Ruleset): string => rulesetHash(rules);
const TERMS = { handoffs: null, mails: null };

type Items = Record<string, Item>;
const nameOf = ({ pk, sk }: { pk?: unknown; sk?: unknown }): string => `${String(pk)}|${String(sk)}`;
const isSwitch = (pk: unknown): boolean => pk === liveKey.pk || pk === PUBLISHED_PK;

/** A table in plain data: what says which ruleset is live is read and written step by step; rulesets never change. */
const tableOver = (
  items: Items,
  step: (name: string) => Promise<void> = () => Promise.resolve(),
  saw: (answer: unknown) => void = () => {},
): Table => {
  const answered = <T>(value: T): T => {
    saw(structuredClone(value));
    return structuredClone(value);
  };
  return {
    client: undefined as never,
    name: '',
    get: async (key) => {
      if (!isSwitch(key.pk)) return items[nameOf(key)] ?? null;
      await step(`get ${nameOf(key)}`);
      return answered(items[nameOf(key)] ?? null);
    },
    put: async (item, condition) => {
      await step(`put ${nameOf(item)}`);
      const there = items[nameOf(item)];
      const holds =
        condition === undefined ||
        (condition.expression === NEW.expression
          ? there === undefined
          : there?.epoch === condition.values?.[':epoch']);
      if (holds) items[nameOf(item)] = structuredClone(item);
      return answered(holds);
    },
    remove: () => Promise.reject(new Error('nothing is removed')),
    query: async function* ({ values }) {
      await step('query');
      yield answered(Object.values(items).filter(({ pk }) => pk === values[':pk']));
    },
  };
};

/** Two were live, one after the other; two more are written and were never live. */
const begun = (): Items => {
  const items: Items = {};
  for (const rules of [FIRST, SECOND, A, B]) {
    const hash = hashOf(rules);
    const parts = partsOf(rules);
    for (const [name, body] of Object.entries(parts)) items[nameOf(rulesetKey(hash, name))] = { body };
    items[nameOf(manifestKey(hash))] = { body: JSON.stringify(manifestOf(parts)) };
  }
  const was = (rules: Ruleset, epoch: number): Item => ({
    hash: hashOf(rules),
    epoch,
    at: epoch,
    handoffs: null,
    mails: null,
  });
  items[nameOf({ pk: PUBLISHED_PK, sk: '0' })] = { pk: PUBLISHED_PK, sk: '0', ...was(FIRST, 1) };
  items[nameOf(liveKey)] = { ...liveKey, ...was(SECOND, 2) };
  return items;
};

const switchTo = (rules: Ruleset, base?: Ruleset): PublishRequest => ({
  op: 'switch',
  hash: hashOf(rules),
  terms: TERMS,
  ...(base === undefined ? {} : { base: hashOf(base) }),
});
const back: PublishRequest = { op: 'rollback', terms: TERMS };

const scenarios: readonly { name: string; asked: readonly [PublishRequest, PublishRequest]; most: number }[] =
  [
    { name: 'two plans against what was live', asked: [switchTo(A, SECOND), switchTo(B, SECOND)], most: 1 },
    { name: 'two without a plan', asked: [switchTo(A), switchTo(B)], most: 3 },
    { name: 'a plan and a rollback', asked: [switchTo(A, SECOND), back], most: 3 },
    { name: 'two who roll back', asked: [back, { ...back, hash: hashOf(FIRST) }], most: 1 },
    { name: 'the same one twice', asked: [switchTo(A, SECOND), switchTo(A, SECOND)], most: 1 },
  ];

for (const { name, asked, most } of scenarios)
  test(`two deployers and a crash, in any order: ${name}`, { timeout: 120_000 }, async ({ annotate }) => {
    const walked = await walk((): World => {
      const items = begun();
      const started: Publication[] = [];
      const ports = (table: Table) => publishPorts(table, ruleset, () => NOW, started);
      const lives = new Map<number, string>();
      return {
        stored: () =>
          JSON.stringify([
            Object.values(items).filter(({ pk }) => isSwitch(pk)),
            started.map(({ epoch }) => epoch).sort(),
          ]),
        processes: asked.map((request) => ({
          run: async (step, saw) => {
            await answerRequest(ports(tableOver(items, step, saw)), request);
          },
        })),
        settle: async (died) => {
          const table = tableOver(items);
          // Whoever was cut short asks again; that their plan is stale by now is an answer, too.
          for (const process of died) await answerRequest(ports(table), asked[process] ?? back);
          // What a crash left is made good by whoever comes next.
          const next = await answerRequest(ports(table), {
            op: 'switch',
            hash: String(items[nameOf(liveKey)]?.hash),
            terms: TERMS,
          });
          expect(next.ok).toBe(true);
          const live = publicationOf(items[nameOf(liveKey)] as Item);
          const noted = Object.values(items)
            .filter(({ pk }) => pk === PUBLISHED_PK)
            .map(publicationOf);
          for (const { epoch, hash } of noted) {
            expect(lives.get(epoch) ?? hash).toBe(hash);
            lives.set(epoch, hash);
          }
          expect([...lives.keys()].sort()).toEqual(Array.from({ length: live.epoch }, (_, n) => n + 1));
          expect(lives.get(live.epoch)).toBe(live.hash);
          expect(live.epoch).toBeGreaterThan(2);
          // Whoever dies after their switch, without a plan, and asks again, switches once more.
          expect(live.epoch).toBeLessThanOrEqual(2 + most);
          expect(started.map(({ epoch }) => epoch)).toContain(live.epoch);
        },
      };
    });
    await annotate(`${walked.endings} endings over ${walked.states} states`);
    expect(walked.endings).toBeGreaterThan(10);
  });
