import { App, Validations } from 'aws-cdk-lib';
import { KindlingStack, type KindlingProps } from './stack.ts';

export interface SynthProps extends KindlingProps {
  /** The folder that gets the template and the assets. */
  readonly out: string;
  /** Holds the template against what CloudFormation takes: before a deploy. It takes longer than everything else. */
  readonly validate: boolean;
  /** Holds it against the AwsSolutions rules, too; needs cdk-nag, which is installed for development only. */
  readonly nag: boolean;
}

/** Writes `Kindling.template.json`, `Kindling.assets.json` and the assets, from nothing but what it is given. */
export const synthesize = async ({ out, validate, nag, ...props }: SynthProps): Promise<void> => {
  const app = new App({
    outdir: out,
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: validate,
    postCliContext: { '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  new KindlingStack(app, props);
  if (nag) {
    const { AwsSolutionsChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  }
  app.synth();
};
