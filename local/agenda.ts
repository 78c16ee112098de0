/** What is due when: ids with an instant each, the earliest first; of equal instants the one that was set first. */
export class Agenda {
  readonly #at = new Map<string, { at: number; order: number }>();
  #heap: { at: number; order: number; id: string }[] = [];
  #order = 0;

  get size(): number {
    return this.#at.size;
  }

  /** @param at milliseconds; replaces what was set for `id` */
  set(id: string, at: number): void {
    const order = this.#order++;
    this.#at.set(id, { at, order });
    this.#push({ at, order, id });
    if (this.#heap.length > 2 * this.#at.size + 1_000) this.#rebuild();
  }

  delete(id: string): void {
    this.#at.delete(id);
  }

  /** When an id is due, if it waits. */
  at(id: string): number | undefined {
    return this.#at.get(id)?.at;
  }

  /** The earliest instant, null when nothing waits. */
  next(): number | null {
    return this.#first()?.at ?? null;
  }

  /** Removes and gives the earliest id that is due at or before `now`. */
  take(now: number): string | null {
    const first = this.#first();
    if (!first || first.at > now) return null;
    this.#pop();
    this.#at.delete(first.id);
    return first.id;
  }

  /** The head that still stands; heads that were replaced or deleted are dropped here, not where it happened. */
  #first() {
    for (;;) {
      const head = this.#heap[0];
      if (!head || this.#at.get(head.id)?.order === head.order) return head;
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#heap = [...this.#at].map(([id, entry]) => ({ id, ...entry })).sort(byDue);
  }

  #push(entry: { at: number; order: number; id: string }): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (byDue(heap[parent]!, entry) <= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && byDue(heap[child + 1]!, heap[child]!) < 0) child++;
      if (byDue(last, heap[child]!) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const byDue = (a: { at: number; order: number }, b: { at: number; order: number }): number =>
  a.at - b.at || a.order - b.order;
