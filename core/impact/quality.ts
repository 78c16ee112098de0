/** How good a ruleset's judgement was of one lead that sales has decided on, as of just before they did. */
export interface Judged {
  readonly won: boolean;
  /** It had been qualified by then. */
  readonly qualified: boolean;
  readonly band: string;
  readonly total: number;
  /** From the first time it qualified to the win, ms; null where it did not, or was not won. */
  readonly leadTimeMs: number | null;
}

/** How well a ruleset tells those who buy from those who do not; null where the history does not say. */
export interface Quality {
  /** Leads that sales has decided on. */
  readonly decided: number;
  readonly won: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly auc: number | null;
  readonly lift: number | null;
  /** Of those who were qualified and won; days. */
  readonly medianLeadDays: number | null;
  /** By band, those that anybody decided was in. */
  readonly bands: Readonly<
    Record<string, { readonly decided: number; readonly won: number; readonly share: number }>
  >;
}

const DAY = 86_400_000;

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Measures a ruleset by the outcomes of leads; the order of leads makes no difference. */
export function qualityOf(judged: readonly Judged[]): Quality {
  const won = judged.filter((lead) => lead.won);
  const qualified = judged.filter((lead) => lead.qualified);
  const caught = won.filter((lead) => lead.qualified).length;
  const bands = Map.groupBy(judged, ({ band }) => band);
  return {
    decided: judged.length,
    won: won.length,
    precision: ratio(caught, qualified.length),
    recall: ratio(caught, won.length),
    auc: aucOf(judged),
    lift: liftOf(judged),
    medianLeadDays: medianOf(
      won.flatMap(({ leadTimeMs }) => (leadTimeMs === null ? [] : [leadTimeMs / DAY])),
    ),
    bands: Object.fromEntries(
      [...bands].map(([band, leads]) => {
        const count = leads.filter((lead) => lead.won).length;
        return [band, { decided: leads.length, won: count, share: count / leads.length }];
      }),
    ),
  };
}

/**
 * The area under the ROC curve: the chance that a lead that was won had more points than one that was lost, ties by
 * half. Computed from ranks, as the Mann-Whitney U statistic: AUC = (R − w(w+1)/2) / (w·l), R the sum of the ranks of
 * the won, equal points sharing their mean rank.
 * Source: Hanley & McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
 * Radiology 143 (1982), 29–36.
 * @returns null unless there are some of both
 */
export function aucOf(judged: readonly Pick<Judged, 'won' | 'total'>[]): number | null {
  const ordered = judged.toSorted((a, b) => a.total - b.total);
  const won = judged.filter((lead) => lead.won).length;
  const lost = judged.length - won;
  if (won === 0 || lost === 0) return null;
  let ranks = 0;
  for (let from = 0; from < ordered.length;) {
    let to = from;
    let winners = 0;
    for (; to < ordered.length && ordered[to]?.total === ordered[from]?.total; to += 1)
      if (ordered[to]?.won) winners += 1;
    // Ranks from + 1 to `to` share their mean.
    ranks += (winners * (from + 1 + to)) / 2;
    from = to;
  }
  return (ranks - (won * (won + 1)) / 2) / (won * lost);
}

/**
 * Lift at the top decile: the share of winners among the tenth with the most points, over the share among all. Leads
 * with equal points at the edge count by the part of them that fits, so that no order of equals matters.
 * Source: Ling & Li, "Data Mining for Direct Marketing: Problems and Solutions", KDD-98 (1998), 73–79.
 * @returns null where nobody was won
 */
export function liftOf(judged: readonly Pick<Judged, 'won' | 'total'>[]): number | null {
  const won = judged.filter((lead) => lead.won).length;
  if (won === 0) return null;
  const tenth = judged.length / 10;
  const ordered = judged.toSorted((a, b) => b.total - a.total);
  let [taken, winners] = [0, 0];
  for (let from = 0; from < ordered.length && taken < tenth;) {
    let to = from;
    let among = 0;
    for (; to < ordered.length && ordered[to]?.total === ordered[from]?.total; to += 1)
      if (ordered[to]?.won) among += 1;
    const part = Math.min(1, (tenth - taken) / (to - from));
    winners += part * among;
    taken += part * (to - from);
    from = to;
  }
  return winners / tenth / (won / judged.length);
}

/** The middle one, or the mean of the two in the middle; null of none. */
export function medianOf(numbers: readonly number[]): number | null {
  const ordered = numbers.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle];
  if (upper === undefined) return null;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? upper) + upper) / 2;
}
