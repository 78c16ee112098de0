import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { Scope } from '../../../core/identity/identity.ts';
import type { Message } from '../../../core/message/message.ts';
import { createPeople } from '../../../core/identity/people.ts';
import { createDegrade } from '../../../functions/scoring/degrade-leads.ts';
import { memoryPorts, nothingKept, type Kept } from './memory.ts';
import { invoke, message, NOW } from './product.ts';
import { sumRuleset } from './sum-engine.ts';

/** Few ids, so that they meet. */
const sent = fc.record({
  scope: fc.constantFrom('server' as const, 'browser' as const),
  type: fc.constantFrom('page', 'identify', 'alias'),
  userId: fc.constantFrom(undefined, 'u1', 'u2', 'u3'),
  anonymousId: fc.constantFrom(undefined, 'x1', 'x2', 'x3'),
  email: fc.constantFrom(undefined, 'a@example.com', 'b@example.com'),
  previousId: fc.constantFrom('u1', 'u3', 'x2'),
  minutesAgo: fc.nat(1_000),
});

const read = ({
  type,
  userId,
  anonymousId,
  email,
  previousId,
  minutesAgo,
}: typeof sent extends fc.Arbitrary<infer S> ? S : never): Message | null => {
  try {
    return message(
      {
        type,
        ...(userId === undefined ? {} : { userId }),
        ...(anonymousId === undefined ? {} : { anonymousId }),
        ...(type === 'alias' ? { previousId } : {}),
        ...(type === 'identify' && email !== undefined ? { traits: { email } } : {}),
      },
      NOW - minutesAgo * 60_000,
    );
  } catch {
    return null;
  }
};

/** Sends messages one by one, each dying before its n-th step and then coming again; answers what is kept. */
const deliver = async (
  all: readonly { message: Message; scope: Scope; dies: number }[],
): Promise<{ kept: Kept; refused: string[] }> => {
  const kept = nothingKept();
  let now = NOW;
  const refused: string[] = [];
  for (const { message: each, scope, dies } of all) {
    now += 1;
    let done = 0;
    const step = (): Promise<void> => {
      done += 1;
      return done === dies ? Promise.reject(new Error('died')) : Promise.resolve();
    };
    const ports = {
      ...memoryPorts(kept, { now: () => now, live: sumRuleset(), step }),
      quarantine: {
        put: ({ reason }: { reason: string }) => Promise.resolve(void refused.push(reason)),
        replace: () => Promise.resolve(),
        remove: () => Promise.resolve(),
      },
    };
    const detail = { key: { scope }, receivedAt: now, messages: [each] };
    const send = () =>
      invoke(ports, [{ source: 'kindling.ingest', 'detail-type': 'kindling.messages', detail }]);
    // A batch whose keys cannot be read fails as a whole, and comes back as a whole.
    const { batchItemFailures } = await send().catch(() => ({
      batchItemFailures: [{ itemIdentifier: 'r0' }],
    }));
    if (batchItemFailures.length > 0) {
      expect(done).toBeGreaterThanOrEqual(dies);
      expect((await send()).batchItemFailures).toEqual([]);
    }
  }
  const later = memoryPorts(kept, { now: () => now + 3_600_000, live: sumRuleset() });
  await createDegrade(later)({}, { getRemainingTimeInMillis: () => 60_000 } as never);
  return { kept, refused };
};

interface Grouped {
  readonly id: string;
  readonly users: readonly string[];
  readonly emails: readonly string[];
  readonly events: readonly string[];
}
const sorted = (people: readonly Grouped[]): Grouped[] =>
  people
    .map(({ users, emails, events, ...rest }) => ({
      ...rest,
      users: users.toSorted(),
      emails: emails.toSorted(),
      events: events.toSorted(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const peopleOf = (kept: Kept): Grouped[] =>
  sorted(
    Object.values(kept.leads)
      .filter(({ into }) => into === undefined)
      .map(({ id, users, emails }) => ({
        id,
        users,
        emails,
        events: Object.values(kept.logs[id] ?? {}).map(({ event }) => event.id),
      })),
  );

const readAll = <S extends { scope: Scope }>(
  all: readonly (S & Parameters<typeof read>[0])[],
): (S & { message: Message })[] =>
  all.flatMap((one) => {
    const each = read(one);
    return each === null ? [] : [{ ...one, message: each }];
  });

test.prop([fc.array(sent, { maxLength: 14 })], { numRuns: 200 })(
  'messages in memory come to the same people as in the table, by the same names, with the same ones refused',
  async (all) => {
    const people = createPeople();
    const messages = readAll(all);
    const refusedInMemory = messages.flatMap((one) => {
      const found = people.add(one.message, one.scope);
      return found.ok ? [] : [found.reason];
    });
    const { kept, refused } = await deliver(messages.map((one) => ({ ...one, dies: Infinity })));
    expect(
      sorted(
        people.all().map(({ id, users, emails, events }) => ({
          id,
          users,
          emails,
          events: events.map((event) => event.id),
        })),
      ),
    ).toEqual(peopleOf(kept));
    expect(refusedInMemory).toEqual(refused);
  },
);

test.prop([fc.array(fc.tuple(sent, fc.nat(30)), { maxLength: 14 })], { numRuns: 200 })(
  'messages that die at any step and come again come to the same people',
  async (all) => {
    const messages = readAll(all.map(([one, dies]) => ({ ...one, dies: dies + 1 })));
    const { kept } = await deliver(messages);
    const whole = await deliver(messages.map((one) => ({ ...one, dies: Infinity })));
    expect(peopleOf(kept)).toEqual(peopleOf(whole.kept));
    for (const { due, pending, into } of Object.values(kept.leads)) {
      expect(pending).toEqual({});
      if (into !== undefined) expect(due).toBeNull();
    }
  },
);
