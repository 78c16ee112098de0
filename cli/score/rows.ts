import type { Evaluation } from '../../core/evaluation.ts';
import { table } from '../table.ts';

/** A lead as `--json` prints it. */
export interface ScoredLead extends Pick<
  Evaluation,
  'scores' | 'total' | 'band' | 'grade' | 'group' | 'qualified' | 'nextChange'
> {
  readonly userId: string | null;
  readonly anonymousIds: readonly string[];
  readonly email: string | null;
  readonly contributions: readonly Omit<Evaluation['contributions'][number], 'why'>[];
}

/** Leads that a table shows; who wants them all asks for JSON. */
const SHOWN = 50;

/** What some leads come to: plain data, to be handed from thread to thread. */
export interface Shown {
  /** Lines of JSON, where they are asked for. */
  readonly text: string;
  /** Else those with the highest totals. */
  readonly best: readonly ScoredLead[];
  readonly count: number;
  readonly bands: ReadonlyMap<string, number>;
}

/** What is printed: a line of JSON a lead; or, when all are known, a table of those with the highest totals. */
export class Rows {
  readonly #json: boolean;
  #text = '';
  #best: ScoredLead[] = [];
  #count = 0;
  readonly #bands = new Map<string, number>();

  constructor(json: boolean) {
    this.#json = json;
  }

  /** How many leads there were so far. */
  get count(): number {
    return this.#count;
  }

  add(lead: ScoredLead): void {
    this.#count += 1;
    if (this.#json) {
      this.#text += `${JSON.stringify(lead)}\n`;
      return;
    }
    this.#bands.set(lead.band, (this.#bands.get(lead.band) ?? 0) + 1);
    this.#best.push(lead);
    if (this.#best.length >= 20 * SHOWN) this.#cut();
  }

  /** What the leads come to so far. */
  shown(): Shown {
    this.#cut();
    return { text: this.#text, best: this.#best, count: this.#count, bands: this.#bands };
  }

  /** Takes what the leads that follow come to; what is to be printed now. */
  take({ text, best, count, bands }: Shown): string {
    this.#count += count;
    for (const [band, n] of bands) this.#bands.set(band, (this.#bands.get(band) ?? 0) + n);
    this.#best.push(...best);
    this.#cut();
    return text;
  }

  #cut(): void {
    this.#best = this.#best.toSorted((a, b) => b.total - a.total).slice(0, SHOWN);
  }

  /** What is printed at the end. */
  end(): string {
    if (this.#json) return '';
    this.#cut();
    const more = this.#count - this.#best.length;
    if (more === 0) return asTable(this.#best);
    const bands = [...this.#bands].toSorted(([, a], [, b]) => b - a);
    return (
      asTable(this.#best) +
      `and ${more.toLocaleString('en')} more with less; --json tells all.\n` +
      `Of ${this.#count.toLocaleString('en')} leads: ${bands.map(([band, n]) => `${n.toLocaleString('en')} ${band}`).join(', ')}.\n`
    );
  }
}

function asTable(leads: readonly ScoredLead[]): string {
  const names = [...new Set(leads.flatMap(({ scores }) => Object.keys(scores)))];
  const rows = leads.map((lead) => [
    lead.email ?? lead.userId ?? lead.anonymousIds[0] ?? '',
    lead.band,
    Math.round(lead.total),
    ...names.map((name) => {
      const score = lead.scores[name] ?? 0;
      return Math.round(typeof score === 'number' ? score : Math.max(0, ...Object.values(score)));
    }),
    lead.grade ?? '',
    lead.group ?? '',
    lead.qualified ? 'qualified' : '',
    nextChangeOf(lead),
  ]);
  return table(['lead', 'band', 'total', ...names, 'grade', 'group', '', 'next change'], rows);
}

/** `cold at 2026-11-07T00:47Z`: the first of band, qualified, group and grade that will differ. */
function nextChangeOf({ nextChange: next, ...now }: ScoredLead): string {
  if (next === null) return '';
  const what =
    next.band !== now.band
      ? next.band
      : next.qualified !== now.qualified
        ? next.qualified
          ? 'qualified'
          : 'not qualified'
        : next.group !== now.group
          ? `group ${next.group}`
          : `grade ${next.grade}`;
  return `${what} at ${new Date(next.at).toISOString().slice(0, 16)}Z`;
}
