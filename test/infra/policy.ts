import type { Template } from '../../local/template.ts';
import { covers, like, type Statement } from '../../local/policies/statement.ts';

/** One action on one resource, as a policy spells it. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

const each = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

/** What the policies of a function's role say; `name` is the function's logical id, such as `Score`. */
const statementsOf = (template: Template, name: string): readonly Statement[] => {
  const { properties } = template.resource(name);
  const role = template.ofType('AWS::IAM::Role').find(({ arn }) => arn === properties['Role']);
  if (!role) throw new Error(`${name} has no role in the template`);
  return template
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter((policy) => (policy.properties['Roles'] as string[]).includes(role.name))
    .flatMap((policy) => (policy.properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
};

/** The product's own functions, by logical id. */
export const functionNames = (template: Template): readonly string[] =>
  template
    .ofType('AWS::Lambda::Function')
    .filter(({ properties }) => String(properties['Runtime']).startsWith('nodejs'))
    .map(({ logicalId }) => logicalId);

/**
 * Every permission that a function is given, but those that are used on its behalf: Lambda itself writes its log and
 * reads its queue.
 */
export const permissionsOf = (template: Template, name: string): readonly Permission[] =>
  statementsOf(template, name)
    .flatMap(({ Action, Resource }) =>
      each(Action).flatMap((action) => each(Resource).map((resource) => ({ action, resource }))),
    )
    .filter(({ action }) => !/^(logs|sqs):/.test(action));

/** Whether the policies let a function do this. */
export const allows = (template: Template, name: string, action: string, resource: string): boolean => {
  const speaking = statementsOf(template, name).filter((statement) =>
    covers(statement, action, resource, {}),
  );
  return speaking.length > 0 && speaking.every(({ Effect }) => Effect === 'Allow');
};

/** One thing that a function was seen to do; `function` is its logical id. */
export interface Seen extends Permission {
  readonly function: string;
}

const needs = ({ action, resource }: Permission, seen: Permission): boolean =>
  like(action, seen.action, 'i') && like(resource, seen.resource);

/** What was done that no policy of the template allows: a person would meet it in AWS only. */
export const refused = (template: Template, seen: readonly Seen[]): readonly Seen[] =>
  seen.filter((each) => !allows(template, each.function, each.action, each.resource));

/** What functions may do and were never seen to do: too much is allowed, or too little was tried. */
export const unused = (template: Template, seen: readonly Seen[]): readonly Seen[] =>
  functionNames(template).flatMap((name) =>
    permissionsOf(template, name)
      .filter((permission) => !seen.some((each) => each.function === name && needs(permission, each)))
      .map((permission) => ({ function: name, ...permission })),
  );
