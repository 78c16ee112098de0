import { AwsError, type BusEntry } from '../service.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
const MAX_ENTRIES = 10;
const MAX_BYTES = 262_144;

/** An event on a bus, and the same as text, made once for all its targets. */
export interface BusEvent {
  readonly value: Readonly<Record<string, unknown>>;
  readonly json: string;
}

/** The event that an entry becomes; `faultOf` must have found nothing.
 *  @param now the clock, in ms: the time of an entry that has none */
export const eventOf = (entry: BusEntry, now: number, id: string): BusEvent => {
  const time = (entry.Time ?? null) === null ? now : timeOf(entry.Time!);
  const head = {
    version: '0',
    id,
    'detail-type': entry.DetailType,
    source: entry.Source,
    account: ACCOUNT,
    time: new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: REGION,
    resources: entry.Resources ?? [],
  };
  const detail = JSON.parse(entry.Detail) as unknown;
  // The detail goes on as its sender wrote it: a big one is parsed once, for the patterns, and not written again,
  // unless it has line breaks, which an archive's lines must not.
  const text = /[\r\n]/.test(entry.Detail) ? JSON.stringify(detail) : entry.Detail;
  return { value: { ...head, detail }, json: `${JSON.stringify(head).slice(0, -1)},"detail":${text}}` };
};

/** @param time seconds since 1970, or ISO */
const timeOf = (time: number | string): number =>
  typeof time === 'number' ? time * 1_000 : Date.parse(time);

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON.');
  }
};

/** The entries of a PutEvents request.
 *  @throws AwsError where the request as a whole is refused */
export const entriesOf = (body: Buffer): BusEntry[] => {
  const entries = (parseJson(body) as { Entries?: unknown } | null)?.Entries;
  const constraint = (what: string): AwsError =>
    new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: ${what}`,
    );
  if (!Array.isArray(entries) || entries.some((entry) => typeof entry !== 'object' || entry === null))
    throw constraint('Member must not be null');
  if (entries.length < 1) throw constraint('Member must have length greater than or equal to 1');
  if (entries.length > MAX_ENTRIES)
    throw constraint(`Member must have length less than or equal to ${MAX_ENTRIES}`);
  let bytes = 0;
  for (const entry of entries as Partial<Record<string, unknown>>[]) {
    for (const field of ['Source', 'DetailType', 'Detail', 'EventBusName'])
      if (entry[field] !== undefined && entry[field] !== null && typeof entry[field] !== 'string')
        throw new AwsError('SerializationException', `${field} is not a string.`);
    if ((entry['Resources'] ?? null) !== null && !Array.isArray(entry['Resources']))
      throw new AwsError('SerializationException', 'Resources is not a list.');
    bytes += sizeOf(entry as unknown as BusEntry);
  }
  if (bytes > MAX_BYTES)
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  return entries as BusEntry[];
};

/** The bytes of an entry as EventBridge counts them. */
export const sizeOf = (entry: BusEntry): number =>
  ((entry.Time ?? null) === null ? 0 : 14) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    0,
  );

/** What PutEvents says of one entry that it does not take. */
export type Fault = { readonly ErrorCode: string; readonly ErrorMessage: string };

export const faultOf = (entry: BusEntry): Fault | null => {
  for (const field of ['Source', 'DetailType', 'Detail'] as const)
    if (!entry[field])
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
      };
  if (entry.Source.startsWith('aws.'))
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  if ((entry.Time ?? null) !== null && !Number.isFinite(timeOf(entry.Time!)))
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' };
  try {
    const detail = JSON.parse(entry.Detail) as unknown;
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return null;
  } catch {
    // Said below.
  }
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
};
