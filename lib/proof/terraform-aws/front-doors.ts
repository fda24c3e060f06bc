import { Unknown, type Value } from '../value';
import { known, one } from './network';
import { type Translators } from './source';

/** What brings the internet to a balancer that has no public address. */
export const FRONT_DOORS: Translators = {
  aws_globalaccelerator_endpoint_group: (source) => [
    one(source, 'AWS::GlobalAccelerator::EndpointGroup', {
      EndpointConfigurations: source
        .blocks('endpoint_configuration')
        .map((block): Value =>
          block instanceof Unknown ? block : { EndpointId: known(block.ref('endpoint_id'), block, 'endpoint_id') },
        ),
    }),
  ],
  aws_cloudfront_vpc_origin: (source) => {
    const block = source.block('vpc_origin_endpoint_config');
    const arn = block instanceof Unknown || block === undefined ? block : known(block.ref('arn'), block, 'arn');
    return [
      one(source, 'AWS::CloudFront::VpcOrigin', {
        VpcOriginEndpointConfig: { Arn: known(arn, source, 'vpc_origin_endpoint_config') },
      }),
    ];
  },
};
