import { readFileSync } from 'node:fs';
import { type Resource } from './service.ts';

/** A state machine with its definition as a value: read from where the template keeps it, substitutions done. */
export const withDefinition = (machine: Resource, asset: (objectKey: string) => string): Resource => {
  const {
    DefinitionString: text,
    Definition: value,
    DefinitionS3Location: place,
    DefinitionSubstitutions: names = {},
  } = machine.properties as {
    DefinitionString?: string;
    Definition?: unknown;
    DefinitionS3Location?: { Key: string };
    DefinitionSubstitutions?: Readonly<Record<string, string>>;
  };
  const written = text ?? (value === undefined ? undefined : JSON.stringify(value));
  const source = written ?? (place ? readFileSync(asset(place.Key), 'utf8') : undefined);
  if (source === undefined) throw new Error(`Template: ${machine.logicalId} has no definition`);
  const filled = source.replace(/\$\{([\w:.-]+)\}/g, (whole, name: string) =>
    // Inside JSON's own quotes.
    Object.hasOwn(names, name) ? JSON.stringify(String(names[name])).slice(1, -1) : whole,
  );
  try {
    return { ...machine, properties: { ...machine.properties, definition: JSON.parse(filled) as unknown } };
  } catch (cause) {
    throw new Error(`Template: the definition of ${machine.logicalId} is not JSON`, { cause });
  }
};
