import { gunzipSync } from 'node:zlib';

/** Bytes that one request may hold once it is unpacked. */
export const MAX_BODY = 500 * 1024;

export type Decoded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413; readonly reason: string };

const TOO_LARGE: Decoded = {
  ok: false,
  status: 413,
  reason: `the body is larger than ${MAX_BODY / 1024} kB`,
};

/**
 * What a body says, by its content and never by its content type: clients send JSON as text/plain, and gzip as a form.
 * Unpacking stops at 500 kB, so that a small bomb stays small.
 * @param mayBeEmpty a CloudEvent without data has no body
 */
export const decode = (body: Buffer, mayBeEmpty = false): Decoded => {
  if (mayBeEmpty && body.length === 0) return { ok: true, value: undefined };
  if (body.length > 2 * MAX_BODY) return TOO_LARGE;
  const unpacked = unpack(body);
  if (!unpacked.ok) return unpacked;
  if (unpacked.bytes.length > MAX_BODY) return TOO_LARGE;
  const text = unformed(unpacked.bytes.toString('utf8'));
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, status: 400, reason: 'the body is not JSON' };
  }
};

type Unpacked = { readonly ok: true; readonly bytes: Buffer } | Extract<Decoded, { ok: false }>;

const unpack = (body: Buffer): Unpacked => {
  if (body[0] !== 0x1f) return { ok: true, bytes: body };
  // A gateway that took the gzip for Latin-1 text has made two bytes of each above 127.
  const packed = body[1] === 0xc2 && body[2] === 0x8b ? Buffer.from(body.toString('utf8'), 'latin1') : body;
  if (packed[1] !== 0x8b) {
    return {
      ok: false,
      status: 400,
      reason: 'the gzip body was changed on its way; send it without compression',
    };
  }
  try {
    return { ok: true, bytes: gunzipSync(packed, { maxOutputLength: MAX_BODY }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return TOO_LARGE;
    return { ok: false, status: 400, reason: 'the body is no whole gzip' };
  }
};

/** Some clients send a form of one field, `data`, that holds the JSON or its base64. */
const unformed = (text: string): string => {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (!plain.startsWith('data=')) return plain;
  const data = new URLSearchParams(plain).get('data') ?? '';
  // A `+` of base64 that was not escaped has become a space.
  return /^\s*[[{]/.test(data) ? data : Buffer.from(data.replaceAll(' ', '+'), 'base64').toString('utf8');
};
