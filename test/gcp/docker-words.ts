import { join } from 'node:path';
import { findEnvoy } from '../aws/find-envoy';
import { keeperProgram } from '../aws/booted-task';
import { dockerRun, wordsOf } from './units';

const IMAGES = { ENVOY_IMAGE: 'envoy', KEEPER_IMAGE: 'keeper' };

/**
 * What a `docker run` of a unit would do, as words for a shell in a mount namespace of its own: its mounts, its working
 * directory, its program. Its user is left out: whoever runs the tests may not become another. Throws at what it doesn't know.
 */
export function dockerWords(command: string, scratch: string): string[] {
  const { options, image, words } = dockerRun(wordsOf(command.replace(/^-/, ''), IMAGES));
  const root = join(scratch, 'root');
  const script = [
    // Sources are the machine's, also below what a mount hides.
    `mkdir -p ${root} && mount --rbind / ${root}`,
    ...(options.get('-v') ?? []).map((text) => mountOf(text, root)),
    `cd ${options.get('--workdir')?.[0] ?? '/'}`,
    'exec "$@"',
  ];
  const program = programOf(image, options.get('--entrypoint')?.[0]);
  return ['unshare', '-m', 'sh', '-ec', script.join('\n'), 'docker', ...program, ...words];
}

function mountOf(text: string, root: string): string {
  const [from = '', to = ''] = text.split(':');
  // As the container's runtime does: what is mounted onto must be there.
  return `if [ -d ${root}${from} ]; then mkdir -p ${to}; else mkdir -p $(dirname ${to}); touch ${to}; fi; mount --bind ${root}${from} ${to}`;
}

function programOf(image: string, entry: string | undefined): readonly string[] {
  if (image === 'envoy' && entry === '/usr/local/bin/envoy') return [findEnvoy()];
  if (image === 'keeper' && entry === undefined) return keeperProgram();
  throw new Error(`docker run: no image ${image} here`);
}
