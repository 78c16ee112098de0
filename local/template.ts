import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Resource } from './service.ts';
import { holds, resolve, type Scope } from './template/intrinsics.ts';
import { ACCOUNT, identityOf, isCustom, isKnown, REGION, type Identity } from './template/identity.ts';

interface RawResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
interface Parameter {
  readonly Type?: string;
  readonly Default?: string | number;
}
interface RawTemplate {
  readonly Parameters?: Readonly<Record<string, Parameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly Resources: Readonly<Record<string, RawResource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Condition?: string }>>;
}

/** A synthesized stack, read. */
export interface Template {
  readonly stack: string;
  /** Logical ids in the template's order, those without their condition left out. */
  readonly ids: readonly string[];
  /** Resources of the given types; their properties are resolved now, so custom resources they name must be there. */
  readonly ofType: (...types: string[]) => Resource[];
  readonly resource: (logicalId: string) => Resource;
  /** What `Fn::GetAtt` gives, as text. */
  readonly attribute: (logicalId: string, name: string) => string;
  /** Custom resources, in an order in which each one's properties name only earlier ones. */
  readonly customs: () => string[];
  readonly outputs: () => Record<string, string>;
  /** The folder or file of an asset by the key under which it is uploaded. */
  readonly asset: (objectKey: string) => string;
}

/** What custom resources came to: their physical id and their data. */
export type Outcomes = (
  logicalId: string,
) => { physicalId: string; data: Readonly<Record<string, unknown>> } | undefined;

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
};

/** Where each asset of the manifest lies, by its object key. */
const readAssets = (manifest: string): Map<string, string> => {
  const { files = {} } = readJson(manifest) as {
    files?: Record<
      string,
      { source: { path?: string }; destinations: Record<string, { objectKey: string }> }
    >;
  };
  const found = new Map<string, string>();
  for (const { source, destinations } of Object.values(files)) {
    for (const { objectKey } of Object.values(destinations)) {
      if (source.path !== undefined) found.set(objectKey, join(dirname(manifest), source.path));
    }
  }
  return found;
};

const parameterValue = (name: string, { Type: type = 'String', Default: value }: Parameter): unknown => {
  if (value === undefined) throw new Error(`Template, Parameters/${name}: a default is needed`);
  if (type.startsWith('AWS::SSM::Parameter')) {
    // CDK asks for the version of its bootstrap stack, which has no meaning on one machine.
    if (/^\/cdk-bootstrap\/.*\/version$/.test(String(value))) return '99';
    throw new Error(`Template, Parameters/${name}: there is no parameter store on one machine`);
  }
  return type === 'CommaDelimitedList' || type.startsWith('List<') ? String(value).split(',') : value;
};

/** Every logical id that a value names. */
const namesIn = (value: unknown): string[] => {
  const found: string[] = [];
  JSON.stringify(value ?? null, (key, each: unknown) => {
    if (key === 'Ref' && typeof each === 'string') found.push(each);
    if (key === 'Fn::GetAtt') found.push(String(Array.isArray(each) ? each[0] : String(each).split('.')[0]));
    if (key === 'Fn::Sub') {
      const text = String(Array.isArray(each) ? each[0] : each);
      for (const [, name = ''] of text.matchAll(/\$\{([^!}.]+)/g)) found.push(name);
    }
    return each;
  });
  return found;
};

/** Reads a synthesized template and its asset manifest. A resource type that is not known is an error.
 *  @param stackId the last part of AWS::StackId, a UUID
 *  @param outcomes of the custom resources that were deployed already */
export const readTemplate = (
  files: { template: string; manifest: string },
  stackId: string,
  outcomes: Outcomes = () => undefined,
): Template => {
  const raw = readJson(files.template) as RawTemplate;
  const stack = basename(files.template).split('.')[0] ?? 'Stack';
  const assets = readAssets(files.manifest);
  const identities = new Map<string, Identity>();
  const resources = new Map<string, Resource>();
  const under = new Set<string>();

  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/${stackId}`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  };

  const declared = (logicalId: string): RawResource => {
    const found = Object.hasOwn(raw.Resources, logicalId) ? raw.Resources[logicalId] : undefined;
    if (!found) throw new Error(`Template: there is no resource or parameter ${logicalId}`);
    if (found.Condition !== undefined && !scope.condition(found.Condition)) {
      throw new Error(`Template: ${logicalId} is named, but its condition ${found.Condition} does not hold`);
    }
    return found;
  };

  const identity = (logicalId: string): Identity => {
    const known = identities.get(logicalId);
    if (known) return known;
    const { Type: type, Properties: properties = {} } = declared(logicalId);
    const made = identityOf(stack, logicalId, type, (name) => {
      const value = resolve(properties[name], scope, `Resources/${logicalId}/${name}`);
      return typeof value === 'string' ? value : '';
    });
    identities.set(logicalId, made);
    return made;
  };

  const custom = (logicalId: string) => {
    const found = outcomes(logicalId);
    if (!found) throw new Error(`Template: custom resource ${logicalId} is named before it is there`);
    return found;
  };

  const scope: Scope = {
    ref: (name) => {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = raw.Parameters?.[name];
      if (parameter) return parameterValue(name, parameter);
      return isCustom(declared(name).Type) ? custom(name).physicalId : identity(name).ref;
    },
    attribute: (logicalId, attribute) => {
      const { Type: type } = declared(logicalId);
      const { arn, attributes }: Pick<Identity, 'arn'> & { attributes: Readonly<Record<string, unknown>> } =
        isCustom(type) ? { arn: '', attributes: custom(logicalId).data } : identity(logicalId);
      const value = Object.hasOwn(attributes, attribute)
        ? attributes[attribute]
        : attribute === 'Arn'
          ? arn
          : '';
      if (value === '') throw new Error(`Template: ${logicalId} (${type}) has no attribute ${attribute}`);
      return value;
    },
    condition: (name) => {
      const condition = raw.Conditions?.[name];
      if (condition === undefined) throw new Error(`Template: there is no condition ${name}`);
      return holds(condition, scope, `Conditions/${name}`);
    },
    mapping: (map, first, second) => {
      const value = raw.Mappings?.[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`Template: there is no mapping ${map}/${first}/${second}`);
      return value;
    },
  };

  const resource = (logicalId: string): Resource => {
    const known = resources.get(logicalId);
    if (known) return known;
    const { Type: type, Properties: properties = {} } = declared(logicalId);
    const { ref, arn, name } = identity(logicalId);
    const resolved = resolve(properties, scope, `Resources/${logicalId}`) as Record<string, unknown>;
    const made = { logicalId, type, ref, arn, name, properties: resolved };
    resources.set(logicalId, made);
    return made;
  };

  const ids = Object.keys(raw.Resources).filter((logicalId) => {
    const { Type: type, Condition: condition } = raw.Resources[logicalId] as RawResource;
    if (!isKnown(type)) {
      throw new Error(`Template, Resources/${logicalId}: type ${type} is not known to the local runtime`);
    }
    return condition === undefined || scope.condition(condition);
  });

  const customs = (): string[] => {
    const order: string[] = [];
    const visit = (logicalId: string): void => {
      if (order.includes(logicalId) || !ids.includes(logicalId)) return;
      if (under.has(logicalId)) throw new Error(`Template: ${logicalId} depends on itself`);
      under.add(logicalId);
      const { DependsOn: after = [] } = raw.Resources[logicalId] as { DependsOn?: string | string[] };
      for (const name of [...namesIn(raw.Resources[logicalId]), ...[after].flat()]) {
        if (Object.hasOwn(raw.Resources, name) && isCustom((raw.Resources[name] as RawResource).Type))
          visit(name);
      }
      under.delete(logicalId);
      order.push(logicalId);
    };
    ids.filter((logicalId) => isCustom((raw.Resources[logicalId] as RawResource).Type)).forEach(visit);
    return order;
  };

  return {
    stack,
    ids,
    resource,
    attribute: (logicalId, name) => String(scope.attribute(logicalId, name)),
    ofType: (...types) =>
      ids.filter((logicalId) => types.includes((raw.Resources[logicalId] as RawResource).Type)).map(resource),
    customs,
    outputs: () =>
      Object.fromEntries(
        Object.entries(raw.Outputs ?? {})
          .filter(([, { Condition: condition }]) => condition === undefined || scope.condition(condition))
          .map(([name, { Value: value }]) => [name, String(resolve(value, scope, `Outputs/${name}`))]),
      ),
    asset: (objectKey) => {
      const found = assets.get(objectKey);
      if (found === undefined) throw new Error(`${files.manifest} has no asset ${objectKey}`);
      return found;
    },
  };
};
