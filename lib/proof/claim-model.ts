import { type AwsModel, WORKLOAD_MARK } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { heldBy } from './held-by';
import { HANDS_A_ROLE } from './role-takers';
import type { Resource, Templates } from './templates';
import { isInert, isModelled, isReadOfAgents } from './types';
import { Unknown, unknownWithin, type Value } from './value';

/** Resources of these services hold packets, names, tasks or identities: what changes one of them changes a verdict. */
const HOLDING = /^AWS::(?:EC2|ECS|IAM|Route53Resolver|ElasticLoadBalancingV2|SecretsManager|StepFunctions)::/;

/** What is made of these no template shows: other resources, or identities. */
const MAKES_MORE =
  /::MODULE$|^AWS::(?:CloudFormation::StackSet|ServiceCatalog::CloudFormationProvisionedProduct|SSO::PermissionSet)$/;

/** The templates hold nothing about the workload that the proof can't read. */
export const modelClaim: Claim = {
  id: 'model',
  says: 'The templates hold nothing that could matter to it and that the proof doesn’t know.',
  attack: 'A resource of a kind that nobody has thought of opens what everything else holds closed.',
  of: ['agent'],
  prove: (model, workload) => [
    {
      destination: 'resources the proof doesn’t know',
      candidates: [...unknownTypes(model), ...unread(model, workload), ...unjudged(model)],
      closed: 'every resource that touches networks, names, tasks or identities is of a known type',
    },
  ],
};

function unknownTypes({ templates, agents }: AwsModel): Candidate[] {
  const read = new Set(agents.flatMap(({ id, machine }) => [id, ...(machine?.around ?? [])]));
  return templates.resources.flatMap((resource): Candidate[] => {
    const { id, type } = resource;
    if (isInert(type) || (isModelled(type) && (!isReadOfAgents(type) || read.has(id)))) return [];
    const held = heldBy(withoutItsRoles(resource, templates)).find((one) =>
      HOLDING.test(templates.find(one)?.type ?? ''),
    );
    // What isn't known may name any of them.
    if (held === undefined && unknownWithin(resource.properties) === undefined && !MAKES_MORE.test(type)) return [];
    const truth = Unknown.of(`type(${id})`, `${id}, of the type ${type}, opens nothing`);
    return [
      {
        truth,
        path: [{ id, by: type }, ...(held === undefined ? [] : [{ id: held, by: 'named in its properties' }])],
        reason: `the proof doesn’t know the type ${type}`,
        change: '',
      },
    ];
  });
}

/** What its own role may do is judged of the role, whoever has it. */
function withoutItsRoles(resource: Resource, templates: Templates): Pick<Resource, 'properties'> {
  const { type, properties } = resource;
  if (!type.startsWith('AWS::') || type.startsWith('AWS::IAM::')) return resource;
  const own = (name: string, value: Value) =>
    HANDS_A_ROLE.test(name) && templates.referred(value)?.type === 'AWS::IAM::Role';
  return { properties: Object.fromEntries(Object.entries(properties).filter((entry) => !own(...entry))) };
}

/** Agents that are no tasks, and tasks with a mark that is misspelt: nobody judges what they reach. */
function unjudged({ strangers }: AwsModel): Candidate[] {
  return strangers.map(({ id, type }) => ({
    truth: Unknown.of(`agent(${id})`, `${id}, of the type ${type}, reaches nothing but the proxy`),
    path: [{ id, by: `Metadata ${WORKLOAD_MARK}` }],
    reason: `${id} is marked, and the proof judges tasks of ECS, launch templates and images of MicroVMs that are agent, proxy or tool`,
    change: '',
  }));
}

/** Macros that make resources at deployment, and nested stacks whose template isn't given. */
function unread({ templates }: AwsModel, { id }: Workload): Candidate[] {
  return [
    ...templates.resources.flatMap((resource): Candidate[] =>
      resource.unread
        ? [
            {
              truth: resource.unread,
              path: [{ id: resource.id, by: 'Properties' }],
              reason: 'its properties are chosen at deployment',
              change: '',
            },
          ]
        : [],
    ),
    ...templates.transforms.map((name): Candidate => ({
      truth: Unknown.of(`transform(${name})`, `the macro ${name} adds nothing that opens anything`),
      path: [{ id, by: `Transform ${name}` }],
      reason: 'a macro makes resources at deployment',
      change: '',
    })),
    ...templates.unread.map(({ id: part, by, truth }): Candidate => ({
      truth,
      path: [{ id: part, by }],
      reason: 'a part of the configuration isn’t in the documents',
      change: '',
    })),
    ...templates.unreadStacks.map((stack): Candidate => ({
      truth: Unknown.of(
        `nested(${stack})`,
        `the nested stack ${stack}, whose template isn’t given, or is made more than once, opens nothing`,
      ),
      path: [{ id: stack, by: 'TemplateURL' }],
      reason: 'the template of a nested stack isn’t given, or is made more than once',
      change: '',
    })),
  ];
}
