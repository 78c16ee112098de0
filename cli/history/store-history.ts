import { type HistoryAccount } from '../../core/impact/history.ts';
import { Refusal } from '../io.ts';
import { type HistorySource } from './source.ts';
import { isStore, openStore } from './store.ts';

/** The history that `kindling history pull` fetched. @param now UTC milliseconds */
export async function storeHistory(dir: string, now: number): Promise<HistorySource> {
  const store = openStore(dir);
  const manifest = isStore(dir) ? await store.manifest() : null;
  if (!manifest) throw new Refusal(`${dir} holds no history; \`kindling history pull\` fetches it`);
  const { chunks, accounts: file, gone, pulledAt, origin } = manifest;
  const accounts: HistoryAccount[] = file === null ? [] : await store.readAccounts(file);
  return {
    name: origin.table,
    note: noteOf(origin.sample, now - pulledAt),
    accounts: new Map(accounts.map((account) => [account.id, account])),
    chunks: async function* () {
      // The newest first: what a later chunk says of a lead, an earlier one does not know yet.
      const told = new Set(gone);
      for (const [n, { file }] of [...chunks.entries()].reverse()) {
        const chunk = await store.readChunk(file);
        const leads = chunk.leads.filter(({ id }) => !told.has(id));
        // Nothing lies before the first one.
        if (n > 0) for (const { id } of leads) told.add(id);
        yield { ...chunk, leads };
      }
    },
  };
}

const HOUR = 3_600_000;

function noteOf(sample: number, ageMs: number): string | null {
  const notes = [
    sample < 1 && `These are ${Number((sample * 100).toFixed(2))} % of all leads; counts are of them.`,
    ageMs > 48 * HOUR &&
      `This history is ${Math.floor(ageMs / (24 * HOUR))} days old; \`kindling history pull\` brings it up to date.`,
  ].filter((note) => note !== false);
  return notes.length === 0 ? null : notes.join(' ');
}
