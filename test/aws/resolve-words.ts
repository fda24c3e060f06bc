import type { Json } from './stack';

/** An ARN of a secret by its logical id, as CloudFormation would make one. */
export function secretArn(logicalId: string): string {
  return `arn:aws:secretsmanager:us-east-1:123456789012:secret:${logicalId}-AbCdEf`;
}

/** Texts of a template with their functions answered: secrets by ARN, the window by `windowName`, anything else is an error. */
export function resolveText(value: Json, windowName: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const joined = value['Fn::Join'];
    if (Array.isArray(joined) && Array.isArray(joined[1]))
      return joined[1].map((part) => resolveText(part, windowName)).join(String(joined[0]));
    if (typeof value['Ref'] === 'string') return secretArn(value['Ref']);
    // The window's name is the second part of its first DNS entry.
    if (Array.isArray(value['Fn::Select'])) return windowName;
  }
  throw new Error(`no answer for ${JSON.stringify(value)}`);
}
