import * as lambda from 'aws-cdk-lib/aws-lambda';

/** The resources of MicroVMs, which aws-cdk-lib has only since 2026. */
export type MicrovmResources = Pick<typeof lambda, 'CfnMicrovmImage' | 'CfnNetworkConnector'>;

/**
 * The resources, where the library that is installed has them.
 * @throws Error `microvm-unsupported`
 */
export function microvmResources(library: Partial<MicrovmResources> = lambda): MicrovmResources {
  const { CfnMicrovmImage, CfnNetworkConnector } = library;
  if (CfnMicrovmImage && CfnNetworkConnector) return { CfnMicrovmImage, CfnNetworkConnector };
  throw new Error(
    'compute: expected an aws-cdk-lib with AWS::Lambda::MicrovmImage and AWS::Lambda::NetworkConnector, got one without; ' +
      'install aws-cdk-lib 2.276 or later, or use AgentCompute.fargate() [microvm-unsupported]',
  );
}
