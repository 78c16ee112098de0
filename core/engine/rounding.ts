/** 6 decimals, halves away from zero, never -0. */
export function sixDecimals(value: number): number {
  const size = Math.abs(value);
  if (size >= 1e9) return Number.isFinite(value) ? Number(value.toFixed(6)) : value;
  const rounded = Math.round(size * 1e6) / 1e6;
  return value < 0 && rounded > 0 ? -rounded : rounded;
}

/** Whole points as people see them and thresholds compare them: halves away from zero, from the 6-decimal value. */
export function wholePoints(value: number): number {
  const size = Math.floor(Math.abs(sixDecimals(value)) + 0.5);
  return value < 0 && size > 0 ? -size : size;
}
