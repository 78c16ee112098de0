import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface Signing {
  readonly region: string;
  readonly service: string;
  readonly credentials: Credentials;
  /** The real time: AWS refuses a signature that is off by minutes. */
  readonly now: Date;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Keys are good for a day, a region and a service: the last one is kept. */
let last: { readonly of: string; readonly key: KeyObject } | undefined;

const keyOf = (day: string, { region, service, credentials: { secretAccessKey } }: Signing): KeyObject => {
  const of = `${day}/${region}/${service}/${secretAccessKey}`;
  if (last?.of === of) return last.key;
  const key = createSecretKey(
    [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day)),
  );
  last = { of, key };
  return key;
};

/**
 * The headers of a POST to "/" with its signature, version 4.
 * @param headers names in lower case, `host` among them
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signed = (
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signing: Signing,
): Record<string, string> => {
  const { region, service, credentials, now } = signing;
  const stamp = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = stamp.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const all: Record<string, string> = {
    ...headers,
    'x-amz-date': stamp,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(all).sort();
  const list = names.join(';');
  const lines = names.map((name) => `${name}:${all[name]?.trim() ?? ''}\n`).join('');
  const canonical = `POST\n/\n\n${lines}\n${list}\n${sha256(body)}`;
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`;
  const signature = createHmac('sha256', keyOf(day, signing)).update(text).digest('hex');
  all.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`;
  return all;
};
