import { randomInt } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { collect, runToEnd, settlesWithin, spawnArgv } from './children';
import type { Namespaces } from './namespaces';
import type { UplinkOptions } from './options';
import { RunRefused } from './refusal';

/** How the proxy's namespace reaches the world. */
export interface Uplink {
  /** Why it can't work here, before anything is made. */
  refusal(): RunRefused | undefined;
  /** Resolvers for the proxy; empty: the system's. */
  readonly resolvers: readonly string[];
  /** Connects the window; the returned function disconnects it. */
  connect(namespaces: Namespaces): Promise<() => void>;
}

/** The strategy for the option. */
export function uplinkFrom(options: UplinkOptions | undefined): Uplink {
  if (options === undefined || options.kind === 'slirp4netns') return new SlirpUplink();
  return new VethUplink(options.namespace, options.resolver);
}

/** User-mode NAT of this machine's own network: no route, no rule, no privilege on the host. */
class SlirpUplink implements Uplink {
  public readonly resolvers = ['10.0.2.3'];

  public refusal(): RunRefused | undefined {
    try {
      accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
      return undefined;
    } catch {
      return new RunRefused(
        'uplink-unavailable',
        "the proxy's way out needs /dev/net/tun, which this user can't open",
        'load the tun module and chmod 0666 /dev/net/tun, or run as root',
      );
    }
  }

  public async connect(namespaces: Namespaces): Promise<() => void> {
    const child = spawnArgv(this.argv(namespaces), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const ended = collect(child);
    const ready = new Promise<void>((resolve) => child.stdio[3]?.once('data', () => resolve()));
    await settlesWithin(Promise.race([ready, ended]), 5000);
    if (child.exitCode !== null || !(await settlesWithin(ready, 0))) {
      child.kill('SIGKILL');
      throw new RunRefused(
        'uplink-unavailable',
        `slirp4netns didn't start (${(await ended).stderr.trim().split('\n').at(-1) ?? ''})`,
        'install slirp4netns 1.0 or later',
      );
    }
    return () => stop(child);
  }

  private argv(namespaces: Namespaces): readonly string[] {
    // The host's loopback would be the host's own services: closed. The pipe on 3 says when the address is there; with that on 4,
    // which ends however the run ends, it ends itself: unlike all else it runs outside the namespaces.
    return [
      'slirp4netns',
      '--configure',
      '--disable-host-loopback',
      '--mtu=65520',
      '--ready-fd=3',
      '--exit-fd=4',
      `--userns-path=/proc/${namespaces.pid}/ns/user`,
      String(namespaces.pid),
      'uplink0',
    ].filter((word) => !word.startsWith('--userns-path') || process.getuid?.() !== 0);
  }
}

/** A link into a given namespace: stand-in internets of demos and tests. */
class VethUplink implements Uplink {
  public readonly resolvers: readonly string[];

  constructor(
    private readonly namespace: string,
    resolver: string | undefined,
  ) {
    this.resolvers = resolver === undefined ? [] : [resolver];
  }

  public refusal(): RunRefused | undefined {
    if (existsSync(this.path())) return undefined;
    return new RunRefused(
      'uplink-unavailable',
      `expected a network namespace, got nothing at ${this.path()}`,
      'make it first, e.g. with ip netns add',
    );
  }

  public async connect(namespaces: Namespaces): Promise<() => void> {
    const id = randomInt(1 << 14);
    const network = `10.78.${id >> 6}.${(id & 63) << 2}`;
    const [near, far] = [offset(network, 1), offset(network, 2)];
    const peer = `ah${id.toString(36)}${randomInt(36 ** 3).toString(36)}`;
    const made = await runToEnd([
      'ip',
      'link',
      'add',
      'uplink0',
      'netns',
      String(namespaces.pid),
      'type',
      'veth',
      'peer',
      'name',
      peer,
      'netns',
      this.path(),
    ]);
    const outside = await runToEnd(['nsenter', `--net=${this.path()}`, 'ip', '-batch', '-'], {
      input: `addr add ${far}/30 dev ${peer}\nlink set ${peer} up\n`,
    });
    const inside = await namespaces.runInWindow(
      ['ip', '-batch', '-'],
      `addr add ${near}/30 dev uplink0\nlink set uplink0 up\nroute add default via ${far}\n`,
    );
    const failed = [made, outside, inside].find((step) => step.code !== 0);
    if (failed)
      throw new RunRefused(
        'uplink-unavailable',
        `the link to ${this.namespace} couldn't be made (${failed.stderr.trim()})`,
        'run as the owner of that namespace',
      );
    return () => undefined;
  }

  private path(): string {
    return this.namespace.includes('/') ? this.namespace : `/run/netns/${this.namespace}`;
  }
}

function offset(network: string, by: number): string {
  const parts = network.split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + by].join('.');
}

function stop(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGKILL');
}
