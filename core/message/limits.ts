/** How deep a message may nest; what stores and schemas take is a little more. */
export const MAX_DEPTH = 20;
/** How long a message may be as JSON, in bytes (escapes not counted). */
export const MAX_BYTES = 32 * 1024;
