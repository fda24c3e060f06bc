import { CLAIMS, prove, type ProveOptions, type Report } from '../../lib/proof';
import { page } from '../../lib/report';
import { closedCell, group, nat, propertiesOf, UDP_OUT } from '../proof/templates';

/** Text that would be a script, an attribute, an entity or a change of direction if it weren't escaped. */
export const HOSTILE = `<script>window.hacked = 1</script>"'><img src=x onerror=window.hacked=1>&lt;\u202e</svg></title>`;

/** The page of these resources. */
export function pageOf(resources: object, options: ProveOptions = {}, name = 'Agent.template.json'): string {
  const report = prove([{ name, document: { Resources: resources } }], options);
  return page({ report, claims: CLAIMS, templates: [name], version: '1.2.3' });
}

function silent() {
  const cell = closedCell();
  propertiesOf(cell, 'Vpc').EnableDnsSupport = false;
  return cell;
}

const leaking = { ...closedCell(), ...nat(), Group: group([UDP_OUT], [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }]) };

function named() {
  const cell = silent();
  propertiesOf(cell, 'Service').NetworkConfiguration = {
    AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'DISABLED' },
  };
  return cell;
}

export function openReport(): Report {
  return prove([{ name: 'Agent.template.json', document: { Resources: leaking } }]);
}

/** A page of each kind. */
export function pages() {
  const [found] = openReport().findings;
  const { id, workload, claim, destination } = found ?? ({} as Record<string, never>);
  const accepted = [{ id, workload, claim, destination, reason: 'until the mirror stands', until: '2027-01-31' }];
  return {
    closed: pageOf(silent()),
    open: pageOf(leaking),
    unproven: pageOf(named(), { assume: ['dns(the network of subnet-1)', 'routes(gone)'] }),
    accepted: pageOf(leaking, { baseline: { baseline: 1, accepted }, today: '2027-01-31' }),
    expired: pageOf(leaking, { baseline: { baseline: 1, accepted }, today: '2027-02-01' }),
    empty: pageOf({}),
  };
}

/** A page where every id is hostile. */
export function hostilePage(): string {
  const ids = Object.keys(leaking);
  const text = ids.reduce(
    (whole, id) => whole.replaceAll(`{"Ref":"${id}"}`, JSON.stringify({ Ref: id + HOSTILE })),
    JSON.stringify(leaking),
  );
  const referring = JSON.parse(text) as Record<string, unknown>;
  const resources = Object.fromEntries(Object.entries(referring).map(([id, value]) => [id + HOSTILE, value]));
  return pageOf({ ...resources, [`x${HOSTILE}`]: { Type: `AWS::EC2::${HOSTILE}` } }, {}, `${HOSTILE}.json`);
}
