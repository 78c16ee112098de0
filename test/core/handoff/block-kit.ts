/** What Slack refuses of a message in Block Kit, by its published limits; nothing where it takes it. */
export const slackProblems = ({ text, blocks }: { text: string; blocks: readonly object[] }): string[] => {
  const problems: string[] = [];
  const need = (holds: boolean, what: string): void => void (holds || problems.push(what));
  const within = (value: unknown, most: number, what: string): void => {
    need(typeof value === 'string', `${what} is no text`);
    const { length } = String(value);
    need(length >= 1 && length <= most, `${what} has ${length} characters, not 1 to ${most}`);
    need(String(value).isWellFormed(), `${what} has half a character`);
  };
  const only = (value: object, names: readonly string[], what: string): void => {
    for (const name of Object.keys(value)) need(names.includes(name), `${what} has ${name}`);
  };
  const textObject = (value: unknown, most: number, what: string, kinds = ['plain_text', 'mrkdwn']): void => {
    const object = value as { type: string; text: string };
    need(kinds.includes(object.type), `${what} is ${object.type}`);
    only(object, ['type', 'text', object.type === 'mrkdwn' ? 'verbatim' : 'emoji'], what);
    within(object.text, most, what);
  };
  const element = (value: object): void => {
    const one = value as Record<string, unknown> & { options?: { text: unknown; value: unknown }[] };
    within(one['action_id'], 255, 'an action_id');
    if (one['type'] === 'button') {
      only(one, ['type', 'text', 'action_id', 'url', 'value', 'style'], 'a button');
      textObject(one['text'], 75, 'a button’s text', ['plain_text']);
      if ('url' in one) within(one['url'], 3_000, 'a button’s url');
      if ('value' in one) within(one['value'], 2_000, 'a button’s value');
      need(!('style' in one) || ['primary', 'danger'].includes(String(one['style'])), 'a button’s style');
      return;
    }
    need(one['type'] === 'static_select', `an element is ${String(one['type'])}`);
    only(one, ['type', 'placeholder', 'action_id', 'options'], 'a menu');
    textObject(one['placeholder'], 150, 'a placeholder', ['plain_text']);
    const { options = [] } = one;
    need(options.length >= 1 && options.length <= 100, `a menu has ${options.length} options`);
    for (const option of options) {
      textObject(option.text, 75, 'an option', ['plain_text']);
      within(option.value, 150, 'an option’s value');
    }
  };
  within(text, 4_000, 'the text');
  need(blocks.length >= 1 && blocks.length <= 50, `${blocks.length} blocks`);
  for (const each of blocks) {
    const block = each as {
      type: string;
      text?: unknown;
      fields?: object[];
      elements?: Record<string, unknown>[];
    };
    const { elements = [], fields } = block;
    switch (block.type) {
      case 'header':
        only(block, ['type', 'text'], 'a header');
        textObject(block.text, 150, 'a header', ['plain_text']);
        break;
      case 'divider':
        only(block, ['type'], 'a divider');
        break;
      case 'section':
        only(block, ['type', 'text', 'fields'], 'a section');
        need(block.text !== undefined || fields !== undefined, 'a section is empty');
        if (block.text !== undefined) textObject(block.text, 3_000, 'a section');
        if (fields !== undefined) need(fields.length >= 1 && fields.length <= 10, `${fields.length} fields`);
        for (const field of fields ?? []) textObject(field, 2_000, 'a field');
        break;
      case 'context':
        only(block, ['type', 'elements'], 'a context');
        need(elements.length >= 1 && elements.length <= 10, `${elements.length} elements of a context`);
        for (const one of elements) textObject(one, 3_000, 'an element of a context');
        break;
      case 'actions':
        only(block, ['type', 'elements'], 'actions');
        need(elements.length >= 1 && elements.length <= 25, `${elements.length} actions`);
        need(
          new Set(elements.map((one) => one['action_id'])).size === elements.length,
          'two actions of one name',
        );
        for (const one of elements) element(one);
        break;
      default:
        problems.push(`a block is ${block.type}`);
    }
  }
  return problems;
};
