import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/** Starts state machines. */
export interface Executions {
  /** Idempotent by name: an execution that exists, running or ended, is a success. */
  start(machine: string, name: string, input: Readonly<Record<string, unknown>>): Promise<void>;
}

export const stateMachines = (client: SFNClient): Executions => ({
  start: async (machine, name, input) => {
    try {
      await client.send(
        new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  },
});
