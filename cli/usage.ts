import { type CommandDef, renderUsage } from 'citty';
import { stripVTControlCharacters } from 'node:util';

import { EXAMPLES } from './examples.ts';
import { type Io, styled } from './io.ts';

/** What `--help` prints, examples at its end: colours for people only, no blanks at the ends of lines, and no default where it says nothing. */
export async function usage(
  io: Io,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- commands differ in their arguments
  command: CommandDef<any>,
  of?: { readonly name: string; readonly parent: CommandDef },
): Promise<string> {
  const text = await renderUsage(command, of?.parent);
  const plain = io.terminal ? text : stripVTControlCharacters(text);
  const lines = plain
    // eslint-disable-next-line no-control-regex -- the colour around a default
    .replaceAll(/ (?:\u001b\[\d+m)?\(Default: (?:true|false)\)(?:\u001b\[\d+m)?/g, '')
    .split('\n')
    .map((line) => line.trimEnd());
  return `${lines.join('\n').trimEnd()}\n${of ? examples(io, of.name) : ''}`;
}

function examples(io: Io, name: string): string {
  const told = (EXAMPLES[name] ?? []).map(
    ([line, what]) => `  ${line}\n${what === '' ? '' : `      ${styled(io, 'dim', what)}\n`}`,
  );
  return `\n${styled(io, ['underline', 'bold'], 'EXAMPLES')}\n\n${told.join('')}`;
}
