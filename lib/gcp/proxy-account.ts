import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import type { Policy } from '../policy';
import type { Location } from './location';
import type { PinnedImage } from './pinned-image';

const VERTEX = /^(?:[a-z0-9-]+-)?aiplatform\.googleapis\.com$/;

export interface ProxyAccountProps {
  /** First part of the name. */
  readonly name: string;
  readonly location: Location;
  readonly policy: Policy;
  /** Images its machines pull. */
  readonly images: readonly PinnedImage[];
}

/** Who the proxy is: it may write logs, pull its own images and, where the policy asks for it, call Vertex AI. */
export class ProxyAccount extends Construct {
  readonly account: ServiceAccount;
  /** As IAM names it. */
  readonly member: string;

  constructor(scope: Construct, id: string, props: ProxyAccountProps) {
    super(scope, id);
    const { project } = props.location;
    this.account = new ServiceAccount(this, 'Account', {
      accountId: `${props.name}-proxy`,
      project,
      displayName: `Egress proxy of ${props.name}`,
    });
    this.member = `serviceAccount:${this.account.email}`;
    const allow = (role: string): void =>
      void new ProjectIamMember(this, role.split('/')[1] ?? role, { project, role, member: this.member });
    allow('roles/logging.logWriter');
    if (callsVertex(props.policy)) allow('roles/aiplatform.user');
    this.allowPull(props.images);
  }

  private allowPull(images: readonly PinnedImage[]): void {
    const repositories = new Map(images.flatMap(({ repository }) => (repository ? [[repository.id, repository]] : [])));
    for (const [index, repository] of [...repositories.values()].entries()) {
      new ArtifactRegistryRepositoryIamMember(this, `Repository${index}`, {
        repository: repository.name,
        location: repository.location,
        project: repository.project,
        role: 'roles/artifactregistry.reader',
        member: this.member,
      });
    }
  }
}

function callsVertex({ upstreams }: Policy): boolean {
  return upstreams.some(
    (upstream) =>
      upstream.tls === 'intercept' && upstream.credential?.kind === 'googleAccessToken' && VERTEX.test(upstream.host),
  );
}
