import { type ArgsDef } from 'citty';

import { nearest } from '../core/nearest.ts';

/** @example meant('start') // '; did you mean "start"?' */
export const meant = (name: string | undefined): string =>
  name === undefined ? '' : `; did you mean "${name}"?`;

/** A misspelt option is an error, not a silence. */
export function unknownOption(rawArgs: readonly string[], args: ArgsDef): string | undefined {
  const positionals = Object.values(args).filter(({ type }) => type === 'positional').length;
  let extra = 0;
  for (let index = 0; index < rawArgs.length; index += 1) {
    const arg = rawArgs[index] ?? '';
    if (!arg.startsWith('--') || arg === '--') {
      if (arg.startsWith('-') && arg !== '-') return `there is no option ${arg}`;
      extra += 1;
      if (extra > positionals) return `"${arg}" is one argument too many`;
      continue;
    }
    const [name = ''] = arg.slice(2).split('=', 1);
    const definition = Object.hasOwn(args, name) ? args[name] : undefined;
    const negated = name.startsWith('no-') ? args[name.slice(3)] : undefined;
    if (definition?.type === 'string') {
      if (!arg.includes('=')) index += 1;
      if (!arg.includes('=') && rawArgs[index] === undefined) return `--${name} needs a value`;
    } else if (definition?.type !== 'boolean' && negated?.type !== 'boolean') {
      const options = Object.entries(args).filter(([, { type }]) => type !== 'positional');
      const near = nearest(
        name,
        options.map(([option]) => option),
      );
      return `there is no option --${name}${meant(near === undefined ? near : `--${near}`)}`;
    }
  }
  return undefined;
}
