import { createHash, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { startEndpoint, type AwsRequest } from './endpoint.ts';
import { readJsonFile, writeJsonFile } from './folder.ts';
import { AwsError, type Resource, type Service, type Surroundings } from './service.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

interface Generate {
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

const generated = (how: Generate): string => {
  const kinds = [
    how.ExcludeLowercase ? '' : LOWER,
    how.ExcludeUppercase ? '' : UPPER,
    how.ExcludeNumbers ? '' : DIGITS,
    how.ExcludePunctuation ? '' : PUNCTUATION,
    how.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((each) => !how.ExcludeCharacters?.includes(each)).join(''))
    .filter((kind) => kind !== '');
  const all = kinds.join('');
  if (all === '') throw new Error('A secret cannot be made of no characters.');
  for (;;) {
    const password = Array.from({ length: how.PasswordLength ?? 32 }, () => all[randomInt(all.length)]).join(
      '',
    );
    const complete = kinds.every((kind) => [...kind].some((each) => password.includes(each)));
    if (!complete && how.RequireEachIncludedType !== false) continue;
    if (how.GenerateStringKey === undefined) return password;
    return JSON.stringify({
      ...(JSON.parse(how.SecretStringTemplate ?? '{}') as object),
      [how.GenerateStringKey]: password,
    });
  }
};

/** Resources: AWS::SecretsManager::Secret. */
export interface SecretsDeps extends Surroundings {
  readonly resources: readonly Resource[];
  /** Values in place of generated ones, by the first letters of a logical id; not kept. */
  readonly overrides: Readonly<Record<string, string>>;
}
export type Secrets = Service & {
  readonly endpoint: string;
  /** The value of a secret by its ARN or name. */
  readonly value: (id: string) => string;
};

/** Secrets Manager: values are generated once, as the template says, and kept. */
export const startSecrets = async ({ dir, access, resources, overrides }: SecretsDeps): Promise<Secrets> => {
  const file = join(dir, 'secrets.json');
  const kept = (readJsonFile(file) ?? {}) as Record<string, string>;
  const values = new Map<string, string>();
  for (const { logicalId, arn, properties } of resources) {
    const given = Object.keys(overrides).find((prefix) => logicalId.startsWith(prefix));
    const fixed = given === undefined ? (properties.SecretString as string | undefined) : overrides[given];
    values.set(
      arn,
      fixed ?? (kept[logicalId] ??= generated((properties.GenerateSecretString ?? {}) as Generate)),
    );
  }
  writeJsonFile(file, kept);

  const find = (id: unknown): Resource => {
    const found = resources.find(
      ({ arn, name }) => id === arn || id === name || id === arn.replace(/-\w{6}$/, ''),
    );
    if (!found) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return found;
  };
  const value = (id: string): string => values.get(find(id).arn) ?? '';

  const answer = ({ operation, headers, body }: AwsRequest): unknown => {
    const principal = access.identify(headers);
    const input = JSON.parse(body.toString() || '{}') as { SecretId?: string };
    if (operation !== 'GetSecretValue' && operation !== 'DescribeSecret') {
      throw new AwsError('UnknownOperationException', `secretsmanager:${operation} is not run locally.`);
    }
    const { arn, name } = find(input.SecretId);
    access.allow(principal, `secretsmanager:${operation}`, arn);
    if (operation === 'DescribeSecret') return { ARN: arn, Name: name };
    const text = value(arn);
    const version = createHash('sha256').update(text).digest('hex');
    return {
      ARN: arn,
      Name: name,
      SecretString: text,
      VersionId: version.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
      VersionStages: ['AWSCURRENT'],
    };
  };
  const { url, stop } = await startEndpoint('application/x-amz-json-1.1', async (request) =>
    Promise.resolve({ body: JSON.stringify(answer(request)) }),
  );
  return { name: 'secrets', endpoint: url, value, stop };
};
