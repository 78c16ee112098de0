import { harmless } from './plan/page.ts';

/** A cell is one line, whatever a lead is called. */
const cellText = (cell: string | number | undefined): string => harmless(String(cell ?? ''));

/** Columns in line: texts to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => cellText(row[column]).length)),
  );
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const isNumber = typeof (rows[0]?.[column] ?? '') === 'number';
        return isNumber ? cellText(cell).padStart(width) : cellText(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('');
}
