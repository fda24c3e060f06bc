import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnTaskDefinition, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { packFiles } from './config-carrier';
import { rendered } from './rendered';

/** Environment variable of the keeper container that holds `packFiles(files)`. */
export const FILES_VARIABLE = 'ANCHORHOLD_FILES';

/** ECS refuses a larger task definition. */
const LARGEST_TASK_DEFINITION = 65_536;
/** Packed bytes that leave room for a few hundred secrets' names beside them. */
const LARGEST_VARIABLE = 32_768;

export interface FilesCarrierProps {
  /** Path in the run directory → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The proxy's task role. */
  readonly reader: IGrantable;
}

/**
 * How the compiled files reach the proxy's task: whole in its definition where they fit, so that a revision is all there
 * is to roll back to; else as a file in the bootstrap bucket, pinned by its SHA-256 in the definition.
 */
export class FilesCarrier extends Construct {
  /** Words of keeper's command line. */
  readonly words: readonly string[];
  /** Variables of keeper's container. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of the object that holds the files. Undefined: the definition does. */
  readonly objectArn?: string;

  constructor(scope: Construct, id: string, props: FilesCarrierProps) {
    super(scope, id);
    const packed = packFiles(props.files);
    if (packed.length <= LARGEST_VARIABLE) {
      this.words = ['--files-from', FILES_VARIABLE];
      this.environment = { [FILES_VARIABLE]: packed };
      return;
    }
    const asset = this.asset(JSON.stringify({ files: packed }));
    // The library's own grant would open every asset of the bootstrap bucket.
    this.objectArn = asset.bucket.arnForObjects(asset.s3ObjectKey);
    props.reader.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [this.objectArn] }),
    );
    const digest = createHash('sha256').update(packed).digest('hex');
    this.words = [...['--files-from', asset.httpUrl], ...['--files-digest', digest]];
    this.environment = {};
  }

  private asset(text: string): Asset {
    const folder = mkdtempSync(join(tmpdir(), 'anchorhold-files-'));
    const file = join(folder, 'files.json');
    writeFileSync(file, text);
    const asset = new Asset(this, 'Asset', { path: file });
    // the library copies it at once, unless it is told to refer to the file itself
    if (!this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(folder, { recursive: true });
    return asset;
  }

  /** What makes ECS refuse the definition, as sentences. */
  problems(definition: FargateTaskDefinition): string[] {
    const resource = definition.node.defaultChild;
    if (!(resource instanceof CfnTaskDefinition))
      return ['proxy: expected a task definition resource [proxy-task-missing]'];
    const bytes = JSON.stringify(rendered(resource).Properties).length;
    if (bytes <= LARGEST_TASK_DEFINITION) return [];
    return [
      `proxy: expected a task definition of at most ${LARGEST_TASK_DEFINITION} bytes, got ${bytes}: the policy names too many secrets for it; ` +
        'split the policy over several proxies [proxy-definition-too-large]',
    ];
  }
}
