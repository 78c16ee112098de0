import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Secret = string | ArrayBuffer | ArrayBufferView;

/** Secrets that are texts and remembered: credentials are replaced every few hours. */
const KEPT = 8;
const texts = new Map<string, KeyObject>();
/** What the SDK derives from a secret for a day and a service, and keeps itself. */
const derived = new WeakMap<object, KeyObject>();

const keyOf = (secret: Secret): KeyObject => {
  const known = typeof secret === 'string' ? texts.get(secret) : derived.get(secret);
  if (known !== undefined) return known;
  if (typeof secret === 'string') {
    const key = createSecretKey(secret, 'utf8');
    texts.set(secret, key);
    for (const old of [...texts.keys()].slice(0, -KEPT)) texts.delete(old);
    return key;
  }
  const key = createSecretKey(
    ArrayBuffer.isView(secret)
      ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
      : new Uint8Array(secret),
  );
  derived.set(secret, key);
  return key;
};

/** SHA-256 and its HMAC as the SDK takes them, each secret made a key once: that is most of the time of an HMAC. */
export class Sha256 {
  readonly #secret: Secret | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }
  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#fresh();
  }
  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(this.#secret));
  }
}
