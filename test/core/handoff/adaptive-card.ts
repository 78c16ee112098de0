/** What a card may hold of the elements that we use, by the schema of Adaptive Cards 1.4; Teams takes up to 1.5. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  AdaptiveCard: ['$schema', 'type', 'version', 'msteams', 'body', 'actions'],
  RichTextBlock: ['type', 'inlines', 'horizontalAlignment', 'spacing', 'separator'],
  TextRun: ['type', 'text', 'size', 'weight', 'color', 'isSubtle', 'italic', 'highlight', 'underline'],
  'Action.OpenUrl': ['type', 'title', 'url', 'style', 'tooltip'],
};
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  spacing: ['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding'],
  size: ['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'],
  weight: ['Lighter', 'Default', 'Bolder'],
  isSubtle: [true, false],
};
/** Of the whole message, bytes. */
const LARGEST = 28 * 1024;

/** What Teams, or the Workflows in front of it, refuses of a message; nothing where it takes it. */
export const teamsProblems = (message: object): string[] => {
  const problems: string[] = [];
  const need = (holds: boolean, what: string): void => void (holds || problems.push(what));
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    const element = value as Record<string, unknown>;
    const type = String(element['type']);
    const names = KNOWN[type] ?? [];
    need(type in KNOWN, `an element is ${type}`);
    for (const [name, held] of Object.entries(element)) {
      need(names.includes(name), `${type} has ${name}`);
      need(!(name in VALUES) || (VALUES[name] ?? []).includes(held), `${type}.${name} is ${String(held)}`);
    }
    if (type === 'TextRun')
      need(typeof element['text'] === 'string' && element['text'].isWellFormed(), 'a text run without text');
    if (type === 'Action.OpenUrl') {
      need(/^https:\/\//.test(String(element['url'])), 'an action without an address');
      need(String(element['title']).length > 0, 'an action without a title');
    }
    for (const name of ['body', 'actions', 'inlines']) if (name in element) look(element[name]);
  };
  const { type, attachments } = message as {
    type: unknown;
    attachments: { contentType: unknown; contentUrl: unknown; content: Record<string, unknown> }[];
  };
  need(type === 'message' && attachments.length === 1, 'it is no message with one card');
  for (const { contentType, content } of attachments) {
    need(contentType === 'application/vnd.microsoft.card.adaptive', 'its content is no card');
    need(['1.2', '1.3', '1.4', '1.5'].includes(String(content['version'])), 'its version');
    need((content['actions'] as unknown[]).length <= 6, 'more than six actions');
    look(content);
  }
  const bytes = Buffer.byteLength(JSON.stringify(message));
  need(bytes <= LARGEST, `${bytes} bytes`);
  return problems;
};
