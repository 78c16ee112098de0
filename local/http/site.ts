import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { type Resource } from '../service.ts';
import { type HttpAnswer } from './message.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** One folder that was copied to a bucket. */
interface Copied {
  readonly folder: string;
  /** Where in the bucket, "" or "a/b". */
  readonly prefix: string;
  /** Texts that stand for values known only at deploy. */
  readonly markers: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the buckets hold that `Custom::CDKBucketDeployment` fills. */
export interface Site {
  /** The object, or S3's refusal: who may not list a bucket is not told what is missing. */
  get(bucket: string, key: string): Promise<HttpAnswer>;
}

const METADATA: Readonly<Record<string, string>> = {
  'cache-control': 'cache-control',
  'content-disposition': 'content-disposition',
  'content-language': 'content-language',
  'content-type': 'content-type',
};

const copiedBy = (
  { properties }: Resource,
  asset: (objectKey: string) => string,
  localized: (text: string) => string,
): Copied[] => {
  const markers = (properties.SourceMarkers ?? []) as Record<string, string>[];
  const metadata = Object.entries((properties.SystemMetadata ?? {}) as Record<string, string>);
  return (properties.SourceObjectKeys as string[]).map((key, index) => ({
    folder: asset(key),
    prefix: ((properties.DestinationBucketKeyPrefix as string | undefined) ?? '').replace(/^\/|\/$/g, ''),
    markers: Object.fromEntries(
      Object.entries(markers[index] ?? {}).map(([marker, value]) => [marker, localized(String(value))]),
    ),
    headers: Object.fromEntries(
      metadata.flatMap(([name, value]) => (METADATA[name] ? [[METADATA[name], value]] : [])),
    ),
  }));
};

/** A name that is too long for any file throws. */
const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const DENIED: HttpAnswer = {
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
};

/** Serves deployed files from where their assets lie.
 *  @param deployments Custom::CDKBucketDeployment */
export const createSite = (
  deployments: readonly Resource[],
  asset: (objectKey: string) => string,
  localized: (text: string) => string,
): Site => {
  const buckets = new Map<string, Copied[]>();
  for (const deployment of deployments) {
    const bucket = deployment.properties.DestinationBucketName as string;
    // Later ones overwrite earlier ones, so they are asked first.
    buckets.set(bucket, [
      ...copiedBy(deployment, asset, localized).reverse(),
      ...(buckets.get(bucket) ?? []),
    ]);
  }
  const read = async (
    { folder, prefix, markers, headers }: Copied,
    key: string,
  ): Promise<HttpAnswer | undefined> => {
    if (prefix !== '' && !key.startsWith(`${prefix}/`)) return undefined;
    const file = normalize(join(folder, prefix === '' ? key : key.slice(prefix.length + 1)));
    if (!file.startsWith(folder + sep) || !isFile(file)) return undefined;
    let body: Buffer | string = await readFile(file);
    if (Object.keys(markers).length > 0) {
      let text = body.toString();
      for (const [marker, value] of Object.entries(markers)) text = text.replaceAll(marker, value);
      body = text;
    }
    return {
      status: 200,
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        etag: `"${createHash('md5').update(body).digest('hex')}"`,
        ...headers,
      },
      body,
    };
  };
  return {
    get: async (bucket, key) => {
      if (key.includes('\0')) return DENIED;
      for (const copied of buckets.get(bucket) ?? []) {
        const found = await read(copied, key);
        if (found) return found;
      }
      return DENIED;
    },
  };
};
