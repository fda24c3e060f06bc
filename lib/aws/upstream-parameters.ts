import { Annotations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnParameter, type IParameter, ParameterType } from 'aws-cdk-lib/aws-ssm';

/**
 * Lets the proxy's role read these parameters of Parameter Store, and nothing beside them. Each must be a `SecureString` that
 * exists already: CloudFormation can't make one, and another kind stands in plain text. They take no resource policy, so a warning
 * says that whoever else may read them still may. For a parameter encrypted with a key of yours: `key.grantDecrypt(proxy)`.
 * Throws `secret-in-plain-text` and `parameter-not-secure`.
 */
export function readParameters(parameters: Readonly<Record<string, IParameter>>, reader: IRole): void {
  const problems = Object.entries(parameters).flatMap(([name, parameter]) => parameterProblems(name, parameter));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const all = Object.values(parameters);
  if (all.length === 0) return;
  const resources = all.map(({ parameterArn }) => parameterArn);
  reader.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParameter'], resources }));
  for (const parameter of all) {
    Annotations.of(parameter).addWarningV2(
      'anchorhold:parameter-readers',
      `${parameter.node.path}: a parameter takes no resource policy, so whoever may read it still may; see who has ssm:GetParameter for it, ` +
        'or keep the credential in Secrets Manager, whose policy leaves one reader',
    );
  }
}

function parameterProblems(name: string, parameter: IParameter): string[] {
  if (parameter.node.defaultChild instanceof CfnParameter) {
    return [
      `parameters.${name}: expected a parameter that exists already, got one that is made here, whose value the template shows; ` +
        'make it with "aws ssm put-parameter --type SecureString" and give StringParameter.fromSecureStringParameterAttributes [secret-in-plain-text]',
    ];
  }
  // The library's name for a string that isn't encrypted is the same word as the service's.
  if (parameter.parameterType === String(ParameterType.SECURE_STRING)) return [];
  return [
    `parameters.${name}: expected a SecureString, got ${parameter.parameterType}, which is kept in plain text; ` +
      'give StringParameter.fromSecureStringParameterAttributes [parameter-not-secure]',
  ];
}
