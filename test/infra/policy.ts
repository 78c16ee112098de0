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
    .ofType('AWS::IAM::Policy')
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

/** Whether an action that was seen needs this permission. */
export const uses = (permission: Permission, seen: { action: string; resource: string }): boolean =>
  permission.action.toLowerCase() === seen.action.toLowerCase() && like(permission.resource, seen.resource);
