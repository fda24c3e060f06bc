import { property } from './evaluate';
import { jsonOf } from './json-text';
import { oncePer } from './once-per';
import { statementsOf } from './policy-document';
import { foreignUse } from './policy-foreign';
import type { Resource, Templates } from './templates';
import { and, isList, isObject, or, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/** A resource of the templates that admits everybody, and as what its service is named in an endpoint. */
export interface PublicResource {
  readonly id: string;
  readonly by: string;
  readonly service: RegExp;
  readonly truth: Truth;
}

/** Services whose endpoints are named otherwise than the types of their resources. */
const NAMED_OTHERWISE: Readonly<Record<string, RegExp>> = {
  ApiGateway: /execute-api/,
  OpenSearchService: /\.es(?:\.|$)/,
};
/** What these say is what something else may do, or is judged with the endpoint itself. */
const OF_NO_RESOURCE = /^AWS::(?:IAM|EC2|SSO|Organizations)::/;
/** Resources that admit somebody without a document, and what says whom of everybody. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::EventBusPolicy': ['Condition'],
  'AWS::Lambda::Permission': ['PrincipalOrgID', 'SourceAccount', 'SourceArn'],
};

/** Every resource of the templates whose own policy admits everybody, or may. */
export const publicResources = oncePer((templates: Templates): readonly PublicResource[] => {
  const found = templates.resources
    .filter(({ type }) => type.startsWith('AWS::') && !OF_NO_RESOURCE.test(type))
    .flatMap((resource) => {
      const service = serviceOf(resource.type);
      const documents = [...documentsIn(resource.properties, resource.id, [])];
      return [...documents, ...permissions(resource)].map(({ by, truth }) => ({
        id: resource.id,
        by,
        service,
        truth: and(resource.exists, truth),
      }));
    });
  return found.filter(({ truth }) => truth !== false);
});

function serviceOf(type: string): RegExp {
  const [, name = ''] = type.split('::');
  return NAMED_OTHERWISE[name] ?? new RegExp(name.toLowerCase());
}

interface Admission {
  readonly by: string;
  readonly truth: Truth;
}

/** Policy documents wherever they stand in properties, as objects or as text, and whether each admits everybody. */
function* documentsIn(value: Value, id: string, path: readonly string[]): Generator<Admission> {
  const by = path.join('.') || 'Statement';
  const isPolicy = /policy|policies/i.test(path.at(-1) ?? '');
  if (isList(value)) for (const one of value) yield* documentsIn(one, id, path);
  else if (isObject(value)) {
    if (value.Statement !== undefined) yield { by, truth: admitsEverybody(value, by, id) };
    else for (const [name, inner] of Object.entries(value)) yield* documentsIn(inner, id, [...path, name]);
  } else if (isPolicy && value instanceof Unknown) yield { by, truth: value };
  else if (isPolicy && (value instanceof Text || (typeof value === 'string' && value.trim().startsWith('{')))) {
    const unread = Unknown.of(`policy(${id})`, `the policy of ${id} admits nobody from elsewhere`);
    yield { by, truth: admitsEverybody(jsonOf(value, unread), by, id) };
  }
}

function admitsEverybody(document: Value | undefined, by: string, id: string): Truth {
  const statements = statementsOf(document, by, id);
  return statements instanceof Unknown ? statements : or(...foreignUse(statements).map(({ truth }) => truth));
}

/** Whom it lets call: everybody, unless it says whose. */
function permissions({ type, properties }: Resource): Admission[] {
  const owners = PERMISSIONS[type]?.map((name) => property(properties, name));
  if (!owners) return [];
  const principal = property(properties, 'Principal');
  const everybody: Truth = unknownIn(principal) ?? principal === '*';
  return [{ by: 'Principal', truth: and(everybody, ...owners.map(isOpen)) }];
}

function isOpen(owner: Value | undefined): Truth {
  return unknownIn(owner) ?? owner === undefined;
}
