import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IgnoreStrategy } from 'aws-cdk-lib';
import { findCredentialFiles } from '../credential-files';

const SHOWN = 5;

/**
 * Refuses a folder for an image that would take credential files along: whoever pulls the image reads them, the agent first.
 * What `.dockerignore` names isn't in the image.
 * @throws Error `image-holds-credentials`
 */
export function refuseCredentialFiles(directory: string): void {
  const root = resolve(directory);
  const list = join(root, '.dockerignore');
  const ignored = existsSync(list) ? readFileSync(list, 'utf8').split(/\r?\n/) : [];
  const strategy = IgnoreStrategy.docker(root, ['.dockerignore', ...ignored.filter((line) => line !== '')]);
  const found = findCredentialFiles(root).filter(({ path }) => !strategy.ignores(join(root, path)));
  if (found.length === 0) return;
  const shown = found.slice(0, SHOWN).map(({ path, why }) => `${path} (${why})`);
  throw new Error(
    `image: expected a folder without credential files, got ${found.length}: ${shown.join(', ')}${found.length > SHOWN ? ', …' : ''}: ` +
      'the agent could read them in its image; delete them, or name them in .dockerignore [image-holds-credentials]',
  );
}
