import { Liquid } from 'liquidjs';
import type { LiquidOptions } from 'liquidjs';

/** Tags that read files of their own choice: of the folder that a command runs in, or of a function's code. */
const READ_FILES = ['include', 'render', 'layout'] as const;

/** Liquid that sees its template and the values that it is given, and no file. */
export const openLiquid = (options: LiquidOptions): Liquid => {
  const liquid = new Liquid(options);
  for (const tag of READ_FILES)
    liquid.registerTag(tag, {
      parse: () => {
        throw new Error(
          `\`{% ${tag} %}\` is not allowed; a partial is put in by \`<mj-include path="_footer.mjml" />\``,
        );
      },
      render: () => '',
    });
  return liquid;
};
