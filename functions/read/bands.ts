import type { BandCount } from '../../core/view/lead.ts';
import { LOOKED_AT } from './list.ts';
import type { ReadPorts } from './ports.ts';

/** How many leads stand in each band, lowest first, as the index lists them. */
export const countBands = async ({ rulesets, directory }: ReadPorts): Promise<readonly BandCount[]> => {
  const { engine } = await rulesets.live();
  return Promise.all(
    engine.bands.map(async ({ name, enter, leave }) => {
      const leads = await directory.count(name, LOOKED_AT + 1);
      return { name, enter, leave, leads: Math.min(leads, LOOKED_AT), more: leads > LOOKED_AT };
    }),
  );
};
