import { createColumns } from '../../core/impact/columns.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { StoredChunk } from '../../cli/history/format.ts';
import { type ChunkFile, openStore } from '../../cli/history/store.ts';
import { compile, type Engine } from '../../core/engine/compile.ts';
import type { HistoryChunk, HistoryLead, LeadState } from '../../core/impact/history.ts';
import { eventsOf } from '../../core/impact/top.ts';
import { END, storeOf } from '../engine/events.ts';
import { baseRules } from './rulesets.ts';

/** Leads a chunk, as a pull closes it. */
const LEADS = 2_000;

/** Writes the engine benches' leads into a store as `kindling history pull` would have left it. */
export async function writeStore(dir: string, leads: number, events: number): Promise<void> {
  const { contents, at, content, starts } = storeOf(leads, events);
  const store = openStore(dir);
  const engine = compile(baseRules());
  const chunks: ChunkFile[] = [];
  for (let first = 0; first < leads; first += LEADS) {
    const columns = createColumns();
    const last = Math.min(leads, first + LEADS);
    for (let lead = first; lead < last; lead += 1) {
      const log: LeadEvent[] = [];
      for (let row = starts[lead] ?? 0; row < (starts[lead + 1] ?? 0); row += 1) {
        const said = contents[content[row] ?? 0];
        if (said) log.push({ id: String(row), occurredAt: at[row] ?? 0, ...said });
      }
      columns.add({ id: `lead-${lead}`, email: `lead-${lead}@bench.example`, user: null, state: null }, log);
    }
    const { leads: found, ...rest } = columns.chunk();
    const chunk: StoredChunk = {
      ...rest,
      leads: found.map((lead) => ({ ...lead, version: 1, state: stateOf(engine, lead, rest) })),
    };
    chunks.push(await store.writeChunk(`scan-${first}`, chunk));
  }
  await store.complete({
    format: 'kindling-history',
    version: 1,
    origin: { table: 'the bench', sample: 1 },
    pulledAt: 0,
    chunks,
    accounts: null,
    gone: [],
  });
}

/** As the product has scored it when nothing happens any more. */
function stateOf(engine: Engine, lead: HistoryLead, chunk: Omit<HistoryChunk, 'leads'>): LeadState {
  const { band, grade, group, qualified, nextChange } = engine.evaluate(
    { events: eventsOf({ ...chunk, leads: [] }, lead) },
    END,
  );
  const standing = { band, grade, group, qualified };
  const scored = { ruleset: engine.hash, at: END, next: nextChange?.at ?? null, standing };
  return { entry: 0, handoffs: [], journeys: {}, scored };
}
