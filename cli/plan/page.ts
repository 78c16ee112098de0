/** How a piece of a line stands out. */
export type Kind = 'strong' | 'code' | 'soft' | 'good' | 'bad' | 'new';

/** A piece of a line; what is only text stands out in no way. */
export type Piece = string | { readonly text: string; readonly kind: Kind };
export type Line = readonly Piece[];

export interface Column {
  /** '' for none. */
  readonly title: string;
  /** Numbers stand to the right. */
  readonly isNumber?: true;
}
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Line[])[];
}

/** One thing that rules say, and what becomes of it. */
export interface Turn {
  readonly what: 'added' | 'changed' | 'removed';
  readonly thing: string;
  readonly fields: readonly string[];
}

/** Who goes from which band to which. */
export interface Flow {
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly moves: readonly { readonly from: string; readonly to: string; readonly count: number }[];
}

export type Part =
  | { readonly line: Line }
  /** What explains the part before it. */
  | { readonly note: string }
  | { readonly table: Table }
  | { readonly turns: readonly Turn[] }
  /** Where it can be drawn; what it shows stands in a table as well. */
  | { readonly flow: Flow };

export interface Section {
  readonly title: string;
  /** Whether few will look at it: folded where that can be done. */
  readonly isFolded: boolean;
  readonly parts: readonly Part[];
}

/** A plan, whatever it is printed as. What comes from people is in it as they wrote it; printers make text of it. */
export interface Page {
  readonly title: string;
  /** In one sentence. */
  readonly summary: string;
  /** Whether anybody would feel the change. */
  readonly isFelt: boolean;
  readonly base: { readonly label: string; readonly hash: string };
  readonly head: { readonly label: string; readonly hash: string };
  /** What was replayed. */
  readonly over: string;
  readonly note: string | null;
  readonly sections: readonly Section[];
}

export const plain = (line: Line): string =>
  line.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');

/** What moves the cursor, colours or turns a line around is no text: it reaches no reader. */
export const harmless = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
