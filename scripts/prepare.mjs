/** Makes a clone ready: node packages by the lock, the few Debian programs of the boundary, Envoy. Quick when all is there. */
import { ensureEnvoy } from './envoy.mjs';
import { installNodePackages } from './node-packages.mjs';
import { asProgram, say } from './say.mjs';
import { installSystemPackages } from './system-packages.mjs';

/** Everything that a demo or a real test needs. Returns Envoy's path. Throws `Refusal` with what to do. */
export function prepare() {
  installNodePackages();
  installSystemPackages();
  return ensureEnvoy();
}

await asProgram(import.meta.url, () => say(`ready, with Envoy at ${prepare()}`));
