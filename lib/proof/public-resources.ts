import { property } from './evaluate';
import { jsonOf } from './json-text';
import { oncePer } from './once-per';
import { statementsOf } from './policy-document';
import { foreignUse } from './policy-foreign';
import type { Resource, Templates } from './templates';
import { and, or, type Truth, Unknown, unknownIn, type Value } from './value';

/** A resource of the templates that admits everybody, and as what its service is named in an endpoint. */
export interface PublicResource {
  readonly id: string;
  readonly by: string;
  readonly service: RegExp;
  readonly truth: Truth;
}

/** Where policies of resources stand, by type, and the service whose endpoint leads to them. */
const POLICIES: Readonly<Record<string, { readonly path: readonly string[]; readonly service: RegExp }>> = {
  'AWS::ApiGateway::RestApi': { path: ['Policy'], service: /execute-api/ },
  'AWS::DynamoDB::Table': { path: ['ResourcePolicy', 'PolicyDocument'], service: /dynamodb/ },
  'AWS::ECR::Repository': { path: ['RepositoryPolicyText'], service: /ecr/ },
  'AWS::KMS::Key': { path: ['KeyPolicy'], service: /kms/ },
  'AWS::Kinesis::ResourcePolicy': { path: ['ResourcePolicy'], service: /kinesis/ },
  'AWS::Logs::ResourcePolicy': { path: ['PolicyDocument'], service: /logs/ },
  'AWS::S3::AccessPoint': { path: ['Policy'], service: /s3/ },
  'AWS::S3::BucketPolicy': { path: ['PolicyDocument'], service: /s3/ },
  'AWS::SNS::TopicPolicy': { path: ['PolicyDocument'], service: /sns/ },
  'AWS::SQS::QueuePolicy': { path: ['PolicyDocument'], service: /sqs/ },
};

/** Every resource of the templates whose own policy admits everybody, or may. */
export const publicResources = oncePer((templates: Templates): readonly PublicResource[] => {
  const found = [
    ...Object.entries(POLICIES).flatMap(([type, { path, service }]) =>
      templates.ofType(type).map((resource) => ({
        id: resource.id,
        by: path.join('.'),
        service,
        truth: and(resource.exists, admitsEverybody(resource, path)),
      })),
    ),
    ...templates
      .ofType('AWS::Lambda::Permission')
      .map((resource) => ({ id: resource.id, by: 'Principal', service: /lambda/, truth: permits(resource) })),
  ];
  return found.filter(({ truth }) => truth !== false);
});

function admitsEverybody({ id, properties }: Resource, path: readonly string[]): Truth {
  const written = property(properties, ...path);
  if (written === undefined) return false;
  const statements = statementsOf(jsonOf(written, unread(id)), path.join('.'));
  return statements instanceof Unknown ? statements : or(...foreignUse(statements).map(({ truth }) => truth));
}

function unread(id: string): Unknown {
  return Unknown.of(`policy(${id})`, `the policy of ${id} admits nobody from elsewhere`);
}

/** Whom a function lets call it: everybody, unless it says whose. */
function permits({ exists, properties }: Resource): Truth {
  const principal = property(properties, 'Principal');
  const owners = ['PrincipalOrgID', 'SourceAccount', 'SourceArn'].map((name) => property(properties, name));
  const everybody: Truth = unknownIn(principal) ?? principal === '*';
  return and(exists, everybody, ...owners.map(isOpen));
}

function isOpen(owner: Value | undefined): Truth {
  return unknownIn(owner) ?? owner === undefined;
}
