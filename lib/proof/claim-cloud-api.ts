import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim, Judged } from './claim';
import { endpointsBeyond, waysToPeered } from './claim-cloud-api-beyond';
import { property } from './evaluate';
import { placementDoubts } from './placement-doubts';
import { actionsText, resourcesText, type Statement, statementsOf } from './policy-document';
import { accessAsOurs, foreignAccess, foreignUse } from './policy-foreign';
import { publicResources } from './public-resources';
import { reaches } from './reaches';
import { isEverybodys } from './role-takers';
import { keyOf, shown, Unknown, unknownIn, and, type Truth } from './value';
import type { Hop } from './report';
import { ANYWHERE, waysOut } from './ways-out';

interface Way {
  readonly truth: Truth;
  readonly path: readonly Hop[];
  readonly change: string;
}

const NONE = 'no endpoint of the cloud is reached';

/** No API of the cloud can be used with a key that isn't ours on a resource that isn't ours. */
export const cloudApiClaim: Claim = {
  id: 'cloud-api',
  says: 'Through no endpoint of the cloud can a foreign key reach a foreign resource.',
  attack:
    'Code of the agent brings a key of its author’s account and writes what it has read into that account’s bucket, registry or log, over an endpoint that the platform needs.',
  of: ['agent', 'tool'],
  prove: (model, workload) => {
    const rows = new Map<string, { ways: Way[]; service: string }>();
    for (const { id, ways, service } of endpointWays(model, workload)) {
      const row = rows.get(id) ?? { ways: [], service };
      row.ways.push(...ways);
      rows.set(id, row);
    }
    const judged = [...rows].map(([id, { ways, service }]): Judged => ({
      destination: `${service} by ${id}`,
      candidates: policyWays(model, id, ways),
      closed: 'its policy admits no foreign key together with a foreign resource',
    }));
    const doubts = [
      ...placementDoubts(workload, 'an endpoint of the cloud'),
      ...importedNetworks(model, workload),
      ...unknownRoutes(model, workload),
      ...endpointsBeyond(model, workload),
    ];
    return doubts.length > 0 || judged.length === 0
      ? [...judged, { destination: 'other endpoints of the cloud', candidates: doubts, closed: NONE }]
      : judged;
  },
};

function endpointWays(model: AwsModel, workload: Workload): { id: string; ways: Way[]; service: string }[] {
  const service = (id: string) => shown(property(model.templates.find(id)?.properties, 'ServiceName'));
  const gateways = workload.placements.flatMap((placement) =>
    waysOut(placement, model.network).flatMap((way) =>
      way.endpoint === undefined ? [] : [{ id: way.endpoint, ways: [way], service: service(way.endpoint) }],
    ),
  );
  const interfaces = model.network.interfaces.flatMap((to) => {
    if (to.kind !== 'endpoint' || model.window.behind(to.id).what === 'proxy' || isCloudService(model, to.id) === false)
      return [];
    const near = workload.placements.flatMap((placement) => reaches(placement, to, model.network));
    const ways = [...near, ...waysToPeered(model, workload, to)];
    return ways.length > 0 ? [{ id: to.id, ways: [...ways], service: service(to.id) }] : [];
  });
  return [...gateways, ...interfaces];
}

/** Whether an endpoint is of the cloud itself, not of somebody who offers a service by PrivateLink. */
export function isCloudService(model: AwsModel, endpoint: string): Truth {
  const properties = model.templates.find(endpoint)?.properties;
  // Of VPC Lattice: what is behind them somebody has made.
  const type = property(properties, 'VpcEndpointType');
  if (type === 'Resource' || type === 'ServiceNetwork') return false;
  const written = property(properties, 'ServiceName');
  const name = keyOf(written);
  if (name !== undefined && /(?:^|\.)vpce(?:-svc|\.)/.test(name)) return false;
  if (written === undefined) return unknownIn(type) ?? true;
  return unknownIn(written) ?? true;
}

function policyWays(model: AwsModel, id: string, ways: readonly Way[]): Candidate[] {
  const endpoint = model.templates.find(id);
  const document = property(endpoint?.properties, 'PolicyDocument');
  const after = (by: string, reason: string, truth: Truth, change: string): Candidate[] =>
    ways.map((way) => ({ truth: and(way.truth, truth), path: [...way.path, { id, by }], reason, change }));
  if (document === undefined) {
    const change = `give ${id} a PolicyDocument that names your account by aws:PrincipalAccount and aws:ResourceAccount`;
    return after('no PolicyDocument', 'an endpoint without a policy admits every key and every resource', true, change);
  }
  const statements = statementsOf(document, 'PolicyDocument', id);
  if (statements instanceof Unknown) return after('PolicyDocument', 'its policy can’t be read', statements, '');
  const foreign = foreignAccess(statements, model.templates).flatMap(({ statement, truth }) =>
    after(
      statement.by,
      `a foreign key may use ${actionsText(statement)} on ${resourcesText(statement)}`,
      truth,
      `add the condition StringEquals aws:PrincipalAccount, or aws:ResourceAccount, to ${id} ${statement.by}`,
    ),
  );
  return [...foreign, ...asOurs(model, id, statements, ways), ...publicWays(model, id, statements, ways)];
}

/** With a role that anybody may take a foreigner's key is one of ours. */
function asOurs(
  { templates }: AwsModel,
  id: string,
  statements: readonly Statement[],
  ways: readonly Way[],
): Candidate[] {
  const roles = templates.ofType('AWS::IAM::Role').filter((role) => isEverybodys(role) === true);
  return roles.flatMap((role) =>
    accessAsOurs(statements, templates).flatMap(({ statement, truth }) =>
      ways.map((way) => ({
        truth: and(way.truth, truth, role.exists),
        path: [...way.path, { id, by: statement.by }, { id: role.id, by: 'AssumeRolePolicyDocument' }],
        reason: `anybody may take the role ${role.id}, and use it on ${resourcesText(statement)}`,
        change: `let ${role.id} trust its service alone`,
      })),
    ),
  );
}

/** A resource of ours that admits everybody is as good as the attacker's: what is left there he fetches. */
function publicWays(
  { templates }: AwsModel,
  id: string,
  statements: readonly Statement[],
  ways: readonly Way[],
): Candidate[] {
  const service = property(templates.find(id)?.properties, 'ServiceName');
  const leads = (to: RegExp): Truth => unknownIn(service) ?? to.test(keyOf(service) ?? '');
  return foreignUse(statements).flatMap(({ statement, truth }) =>
    publicResources(templates).flatMap((one) => {
      const sure = and(truth, one.truth, leads(one.service));
      if (sure === false) return [];
      const [reason, change] = [`${one.id} admits everybody`, `name whom ${one.id} ${one.by} admits`];
      const path = [
        { id, by: statement.by },
        { id: one.id, by: one.by },
      ];
      return ways.map((way) => ({ truth: and(way.truth, sure), path: [...way.path, ...path], reason, change }));
    }),
  );
}

/** A route nobody knows may be that of an endpoint. */
function unknownRoutes(model: AwsModel, { placements }: Workload): Candidate[] {
  return placements.flatMap((placement) =>
    waysOut(placement, model.network)
      .filter(({ destination }) => destination === ANYWHERE)
      .map(({ truth, path }) => ({
        truth,
        path,
        reason: 'routes that aren’t known may lead to an endpoint',
        change: '',
      })),
  );
}

/** A network the templates don't hold may have endpoints of its own. */
function importedNetworks(model: AwsModel, workload: Workload): Candidate[] {
  return workload.placements.flatMap(({ id, by, segments }) =>
    segments.flatMap((segment): Candidate[] => {
      if (model.templates.find(segment.network)) return [];
      const fact = `the network of ${segment.id} has no endpoint but those of the templates`;
      return [
        {
          truth: Unknown.of(`endpoints(${segment.id})`, fact),
          path: [
            { id, by },
            { id: segment.id, by: 'a network the templates don’t hold' },
          ],
          reason: 'endpoints of a network that isn’t in the templates aren’t known',
          change: '',
        },
      ];
    }),
  );
}
