import type { Snapshot } from '../../../core/history.ts';
import type { Holder, PersonKey } from '../../../core/identity/identity.ts';
import type { Change, Lead } from '../../../core/lead.ts';
import {
  keyName,
  type Extra,
  type LiveRuleset,
  type LogEntry,
  type ScorePorts,
} from '../../../functions/ports.ts';
import type { DegradePorts } from '../../../functions/scoring/degrade-leads.ts';

const nothing = (): Promise<void> => Promise.resolve();

/** Everything that scoring keeps, as plain data. */
export interface Kept {
  leads: Record<string, Lead>;
  logs: Record<string, Record<string, LogEntry>>;
  snapshots: Record<string, { id: string; snapshot: Snapshot }>;
  extras: Record<string, Record<string, Extra>>;
  holders: Record<string, Holder>;
  /** In the table, by a hash of the key. */
  buried: Record<string, Holder>;
  notes: Record<string, PersonKey[]>;
  attributes: Record<string, unknown>;
  told: Change[];
}

export const nothingKept = (): Kept => ({
  leads: {},
  logs: {},
  snapshots: {},
  extras: {},
  holders: {},
  buried: {},
  notes: {},
  attributes: {},
  told: [],
});

export interface Around {
  readonly now: () => number;
  readonly live: LiveRuleset;
  /** Called before each read or write of the store, which is atomic: what waits here waits between two steps. */
  readonly step?: (name: string) => Promise<void>;
  /** Called after it with what it answered. */
  readonly saw?: (answer: unknown) => void;
  /** How large each stored event passes for. */
  readonly eventBytes?: number;
}

/** The ports of scoring over plain data, so that a test can stop between any two steps. */
export const memoryPorts = (
  kept: Kept,
  { now, live, step = () => Promise.resolve(), saw = () => {}, eventBytes = 200 }: Around,
): ScorePorts & Pick<DegradePorts, 'rolledUp' | 'rollUps' | 'watchRescore' | 'finishErasure'> => {
  const logOf = (leadId: string): Record<string, LogEntry> => (kept.logs[leadId] ??= {});
  const copy = <T>(value: T): T => structuredClone(value);
  const ports: ScorePorts & Pick<DegradePorts, 'rolledUp' | 'rollUps' | 'watchRescore' | 'finishErasure'> = {
    clock: { now },
    pause: () => Promise.resolve(),
    rulesets: { live: () => Promise.resolve(live) },
    watchRescore: nothing,
    finishErasure: () => Promise.resolve(true),
    accounts: {
      put: () => Promise.resolve(),
      history: (id) => Promise.resolve({ id, events: [] }),
      latest: (id) => Promise.resolve({ id, events: [] }),
    },
    closeDoubles: nothing,
    // The rules add nobody up.
    rollUps: { changed: nothing, moving: nothing, due: nothing },
    rolledUp: { due: async function* () {} },
    changes: {
      publish: async (changes) => {
        await step('publish');
        kept.told.push(...(copy(changes) as Change[]));
        return new Set(changes.map(({ changeId }) => changeId));
      },
    },
    leads: {
      put: async (leadId, entry) => {
        await step(`put ${leadId} ${entry.event.id}`);
        const key = `${entry.sentAs}#${entry.event.id}`;
        if (logOf(leadId)[key] !== undefined) return false;
        logOf(leadId)[key] = copy(entry);
        return true;
      },
      read: async (leadId) => {
        await step(`read ${leadId}`);
        return copy(kept.leads[leadId] ?? null);
      },
      log: async (leadId, from) => {
        await step(`log ${leadId}`);
        const first = from === null ? '' : new Date(Math.max(0, from)).toISOString();
        const keys = Object.keys(logOf(leadId))
          .sort()
          .filter((key) => key >= first);
        const snapshot = kept.snapshots[leadId];
        return copy({
          entries: keys.map((key) => ({ ...(logOf(leadId)[key] as LogEntry), bytes: eventBytes })),
          snapshot: snapshot === undefined ? null : { ...snapshot, bytes: 10 },
        });
      },
      keepSnapshot: async (leadId, id, snapshot) => {
        await step(`keepSnapshot ${leadId}`);
        kept.snapshots[leadId] = copy({ id, snapshot });
      },
      commit: async (lead, ifVersion) => {
        await step(`commit ${lead.id}`);
        if ((kept.leads[lead.id]?.version ?? 0) !== ifVersion) return false;
        kept.leads[lead.id] = copy(lead);
        return true;
      },
      keepAttributes: async (leadId, attributes) => {
        await step(`keepAttributes ${leadId}`);
        kept.attributes[leadId] = copy(attributes);
      },
      takeBack: async (leadId, entries) => {
        await step(`takeBack ${leadId}`);
        for (const { sentAs, event } of entries) delete logOf(leadId)[`${sentAs}#${event.id}`];
        delete kept.attributes[leadId];
        delete kept.snapshots[leadId];
      },
      extras: async (leadId) => {
        await step(`extras ${leadId}`);
        return copy(Object.values(kept.extras[leadId] ?? {}));
      },
      takeExtra: async (leadId, from, { sk, item }) => {
        await step(`takeExtra ${leadId} ${sk}`);
        const extras = (kept.extras[leadId] ??= {});
        const taken = { from, ...item };
        const there = extras[sk];
        if (there !== undefined && there.item.from === taken.from) return;
        const free = there === undefined ? sk : `${sk}~${String(taken.from)}`;
        extras[free] ??= copy({ sk: free, item: taken });
      },
      due: async function* (until) {
        await step('due');
        yield Object.values(kept.leads)
          .filter(({ due }) => due !== null && due <= until)
          .map(({ id }) => id);
      },
      bands: () => Promise.resolve({}),
      page: async () => {
        await step('page');
        return {
          leads: Object.values(kept.leads).flatMap(({ id, listed }) =>
            listed === null ? [] : [{ id, listed }],
          ),
          accounts: [],
          cursor: null,
        };
      },
    },
    identities: {
      holders: async (keys, consistent) => {
        await step('holders');
        return new Map(
          keys.flatMap((key) => {
            const buried = consistent ? kept.buried[keyName(key)] : undefined;
            const holder = kept.holders[keyName(key)] ?? (buried && { ...buried, buried: true as const });
            return holder === undefined ? [] : [[keyName(key), copy(holder)]];
          }),
        );
      },
      hold: async (key, holder, was) => {
        await step(`hold ${keyName(key)}`);
        const expected = was?.buried ? null : was;
        if (JSON.stringify(kept.holders[keyName(key)] ?? null) !== JSON.stringify(expected)) return false;
        kept.holders[keyName(key)] = copy(holder);
        return true;
      },
      bury: async (key, holder, was) => {
        await step(`bury ${keyName(key)}`);
        kept.buried[keyName(key)] = copy(holder);
        if (was.buried) return true;
        await step(`unhold ${keyName(key)}`);
        if (JSON.stringify(kept.holders[keyName(key)] ?? null) !== JSON.stringify(was)) return false;
        delete kept.holders[keyName(key)];
        return true;
      },
      note: async (leadId, key) => {
        await step(`note ${leadId}`);
        const notes = (kept.notes[leadId] ??= []);
        if (!notes.some((each) => keyName(each) === keyName(key))) notes.push(copy(key));
      },
      noted: async (leadId) => {
        await step(`noted ${leadId}`);
        return copy(kept.notes[leadId] ?? []);
      },
    },
  };
  return {
    ...ports,
    changes: seen(ports.changes, saw),
    leads: seen(ports.leads, saw),
    identities: seen(ports.identities, saw),
  };
};

/** The same port, with every answer shown. */
const seen = <P extends object>(port: P, saw: (answer: unknown) => void): P =>
  Object.fromEntries(
    Object.entries(port).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
      name,
      (...args: unknown[]) => {
        const answer = call(...args);
        return answer instanceof Promise
          ? answer.then((value: unknown) => {
              saw(value);
              return value;
            })
          : answer;
      },
    ]),
  ) as P;
