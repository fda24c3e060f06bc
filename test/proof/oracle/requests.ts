import { decide, type Request, valuesOf } from './iam';
import { reachedEndpoints, reachedFar, reachedInternet } from './packets';
import { ATTACKER, type World } from './world';

/** Calls worth making with the attacker's own key, by service: each carries data out or brings the attacker's in. */
const CALLS: Readonly<Record<string, readonly (readonly [action: string, resource: string])[]>> = {
  s3: [
    ['s3:PutObject', 'arn:aws:s3:::NAME/data'],
    ['s3:GetObject', 'arn:aws:s3:::NAME/data'],
    ['s3:ListBucket', 'arn:aws:s3:::NAME'],
    ['s3:ListAllMyBuckets', '*'],
  ],
  logs: [
    ['logs:PutLogEvents', `arn:aws:logs:us-east-1:${ATTACKER.account}:log-group:NAME:log-stream:one`],
    ['logs:CreateLogStream', `arn:aws:logs:us-east-1:${ATTACKER.account}:log-group:NAME`],
  ],
  'ecr.api': [
    ['ecr:PutImage', `arn:aws:ecr:us-east-1:${ATTACKER.account}:repository/NAME`],
    ['ecr:BatchGetImage', `arn:aws:ecr:us-east-1:${ATTACKER.account}:repository/NAME`],
    ['ecr:GetAuthorizationToken', '*'],
  ],
};

/**
 * The first call with a foreign key, or with none, that reaches what is the attacker's, through an endpoint or by the internet, in
 * words. Whether networks that no template holds have endpoints, none says either.
 */
export function callsWithForeignKey(world: World, agent: string, isFarServed: boolean): string | undefined {
  for (const id of reachedEndpoints(world, agent)) {
    const { ServiceName, PolicyDocument } = world[id]?.properties ?? {};
    const service = String(ServiceName).replace(/^com\.amazonaws\.[^.]+\./, '');
    for (const request of calls(service, PolicyDocument, id))
      if (PolicyDocument === undefined || decide(PolicyDocument, request) === 'allowed')
        return `${request.action} on ${request.resource} by ${request.principal ?? 'nobody'} passes ${id}`;
  }
  const online = reachedInternet(world, agent);
  if (online !== undefined) return `any call by the internet (${online})`;
  const far = isFarServed ? reachedFar(world, agent) : undefined;
  return far === undefined ? undefined : `any call by an endpoint behind ${far}`;
}

function calls(service: string, policy: unknown, endpoint: string): readonly Request[] {
  const known = CALLS[service];
  if (!known) throw new Error(`the oracle has no call of ${service}`);
  return names(policy).flatMap((name) =>
    known.flatMap(([action, resource]) =>
      callers(policy).map(({ principal, context }) => ({
        action,
        resource: resource.replace('NAME', name),
        principal,
        context: {
          ...context,
          'aws:SourceVpc': 'Vpc',
          'aws:SourceVpce': endpoint,
          'aws:SecureTransport': 'true',
          'aws:PrincipalIsAWSService': 'false',
          ...(service === 's3' && resource !== '*' && { 's3:ResourceAccount': ATTACKER.account }),
          'aws:ResourceAccount': ATTACKER.account,
        },
      })),
    ),
  );
}

/** Names that the attacker gives what is his: any that a pattern of the policy leaves free. */
function names(policy: unknown): readonly string[] {
  const patterns = [
    ...JSON.stringify(policy ?? '').matchAll(/arn:aws:s3:::([^/"]*\*[^/"]*)|(?:log-group:|repository\/)([^:"]*)/g),
  ];
  return ['evil', ...patterns.map(([, bucket, other]) => (bucket ?? other ?? '').replaceAll('*', 'x')).filter(Boolean)];
}

/** Who may call: a role of the attacker's, in an organisation or in none, named and tagged as the policy likes; or nobody. */
function callers(policy: unknown): readonly Pick<Request, 'principal' | 'context'>[] {
  const roles = ['evil', ...valuesOf(policy, /PrincipalArn/i).flatMap((arn) => arn.match(/(?<=role\/)\w+$/) ?? [])];
  const tags = ['', ...valuesOf(policy, /PrincipalTag/i)];
  const own = roles.flatMap((role) =>
    tags.flatMap((tag) =>
      [undefined, ATTACKER.organisation].map((organisation) => {
        const principal = `arn:aws:iam::${ATTACKER.account}:role/${role}`;
        return {
          principal,
          context: {
            'aws:PrincipalAccount': ATTACKER.account,
            'aws:PrincipalArn': principal,
            ...(tag !== '' && { 'aws:PrincipalTag/team': tag }),
            ...(organisation !== undefined && {
              'aws:PrincipalOrgID': organisation,
              'aws:ResourceOrgID': organisation,
            }),
          },
        };
      }),
    ),
  );
  return [...own, { principal: undefined, context: {} }];
}
