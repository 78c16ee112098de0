import { parseInstant } from '../core/instant.ts';
import { Refusal } from './io.ts';

/** UTC milliseconds of what somebody typed. */
export function instant(text: string): number {
  const at = parseInstant(text);
  if (at === null)
    throw new Refusal(`"${text}" is no instant; write it as 2026-03-01 or 2026-03-01T08:00:00Z`);
  return at;
}

/** @example portNumber('4700') */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new Refusal(`"${text}" is no port; give a number from 0 (any free one) to 65535`);
  return port;
}

/** An address of another service. @example webAddress('http://127.0.0.1:8000') */
export function webAddress(text: string): string {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new Refusal(`"${text}" is no address; write it as http://127.0.0.1:8000`);
  return text;
}
