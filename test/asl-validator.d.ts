declare module 'asl-validator' {
  /** Checks a state machine's definition against the Amazon States Language, offline. */
  export default function aslValidator(definition: object): {
    readonly isValid: boolean;
    readonly errorsText: (separator?: string) => string;
  };
}
