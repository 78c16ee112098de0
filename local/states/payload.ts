import { compileExpression, type Expression } from './intrinsic.ts';

/** Compiles a payload template (Parameters, ResultSelector, ItemSelector): keys that end in `.$` are computed. */
export const compilePayload = (template: unknown): Expression => {
  if (Array.isArray(template)) {
    const parts = template.map(compilePayload);
    return (input, context) => parts.map((part) => part(input, context));
  }
  if (typeof template !== 'object' || template === null) return () => template;
  const fields = Object.entries(template).map(([key, value]): [string, Expression] => {
    if (!key.endsWith('.$')) return [key, compilePayload(value)];
    if (typeof value !== 'string')
      throw new Error(`${key}: a key that ends in ".$" takes a path or function`);
    return [key.slice(0, -2), compileExpression(value)];
  });
  return (input, context) =>
    Object.fromEntries(fields.map(([key, compute]) => [key, compute(input, context)]));
};
