import { defineCommand } from 'citty';

import { nearest } from '../core/nearest.ts';
import { journeySvg } from '../rulefiles/journey-svg.ts';
import { type Io, Refusal } from './io.ts';
import { rulesFolder, sound } from './rules.ts';

/** `kindling journey draw warm-up > warm-up.svg` */
export const journey = defineCommand({
  meta: { name: 'journey', description: 'Draw a journey as an SVG picture' },
  args: {
    what: { type: 'positional', required: true, valueHint: 'draw', description: '`draw`' },
    name: { type: 'positional', required: true, description: 'The name of a journey' },
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    if (args.what !== 'draw') throw new Refusal(`a journey can be drawn: kindling journey draw ${args.name}`);
    const { journeys } = await sound(rulesFolder(args.rules), io);
    const found = journeys[args.name];
    if (found === undefined) {
      const names = Object.keys(journeys);
      const meant = nearest(args.name, names);
      const instead =
        meant === undefined ? `; there are ${names.join(', ') || 'none'}` : `; did you mean "${meant}"?`;
      throw new Refusal(`there is no journey "${args.name}"${instead}`);
    }
    io.out(journeySvg(found));
    return 0;
  },
});
