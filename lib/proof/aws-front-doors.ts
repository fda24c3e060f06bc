import type { Candidate } from './claim';
import { property } from './evaluate';
import { several } from './policy-document';
import type { Resource, Templates } from './templates';
import { and, or, Unknown, unknownIn, type Value, type ValueObject } from './value';

/*
 * A balancer without a public address is reached from the internet all the same where a service of the cloud stands before it.
 */

interface Door {
  readonly type: string;
  /** What stands behind it. */
  leadsTo(properties: ValueObject): readonly Value[];
  /** Who comes in by it as far as is known. @default - everybody does */
  readonly doubt?: string;
}

const DOORS: readonly Door[] = [
  {
    type: 'AWS::GlobalAccelerator::EndpointGroup',
    leadsTo: (properties) =>
      several(property(properties, 'EndpointConfigurations')).flatMap((one) => property(one, 'EndpointId') ?? []),
  },
  {
    type: 'AWS::CloudFront::VpcOrigin',
    leadsTo: (properties) => several(property(properties, 'VpcOriginEndpointConfig', 'Arn')),
    doubt: 'nobody by a distribution',
  },
  {
    type: 'AWS::ApiGateway::VpcLink',
    leadsTo: (properties) => several(property(properties, 'TargetArns')),
    doubt: 'nobody by an API on the internet',
  },
  {
    type: 'AWS::EC2::VerifiedAccessEndpoint',
    leadsTo: (properties) => several(property(properties, 'LoadBalancerOptions', 'LoadBalancerArn')),
    doubt: 'nobody from elsewhere whom its policy trusts',
  },
];

/** Every way in which the internet comes to a balancer: by its own address, or by an accelerator, a distribution or an API. */
export function onlineWays(balancer: Resource, templates: Templates): Candidate[] {
  const { id } = balancer;
  const scheme = property(balancer.properties, 'Scheme');
  const own: Candidate = {
    // One that doesn't say has a public address.
    truth: scheme === 'internal' ? false : (unknownIn(scheme) ?? true),
    path: [{ id, by: 'Scheme' }],
    reason: 'a load balancer on the internet stands before it',
    change: `set Scheme of ${id} to internal`,
  };
  return [own, ...DOORS.flatMap((door) => throughDoor(door, balancer, templates))].filter(
    ({ truth }) => truth !== false,
  );
}

function throughDoor({ type, leadsTo, doubt }: Door, balancer: Resource, templates: Templates): Candidate[] {
  return templates.ofType(type).map(({ id, exists, properties }) => {
    const named = or(...leadsTo(properties).map((value) => templates.names(value, balancer)));
    const used = doubt === undefined || Unknown.of(`door(${id})`, `${doubt} comes through ${id}`);
    return {
      truth: and(exists, named, used),
      path: [
        { id, by: type },
        { id: balancer.id, by: 'the load balancer behind it' },
      ],
      reason: 'a load balancer before it is reached from the internet',
      change: `take ${balancer.id} from ${id}`,
    };
  });
}
