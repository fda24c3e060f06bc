import * as fs from 'node:fs';
import * as path from 'node:path';
import { branchHead, createRepository, gitHost } from '../../examples/demo/stand-in/git-host';
import { withoutFilters } from '../faults/bootstrap-edit';
import { until, type Lab } from '../faults/lab';
import { prefixOf, WAYS, type Way } from '../faults/ways';
import { GitClient, type GitEnd } from './git-client';
import { HOST, PASSWORD, RAW } from './git-cases';
import { observeCases } from './table';
import { raiseOrigin, withProxy, type Outcome, type Proxy } from './world';

/** Past every buffer of the proxy; on one way 20 MiB, which takes its time. */
export const LARGE: Readonly<Record<Way, number>> = { transparent: 20 << 20, connect: 3 << 20, gateway: 3 << 20 };
const DOCUMENT = {
  policy: 1,
  name: 'git',
  upstreams: [
    {
      git: HOST,
      ca: 'lab',
      prefix: prefixOf(HOST),
      credential: { basic: { user: 'agent', secret: 'git-token' } },
      repositories: [
        { name: 'acme/web', clone: true, push: true },
        { name: 'acme/design', clone: true },
        { name: 'acme/agent', clone: true, push: true, branches: ['agent/*', 'bots/**'] },
      ],
    },
  ],
  limits: { requestBytes: '64MiB', requestsPerSecond: 1000 },
};
const SETTING = {
  document: DOCUMENT,
  secrets: new Map([['git-token', PASSWORD]]),
  ready: { host: HOST, target: '/acme/web/info/refs?service=git-upload-pack' },
};

/** One git command: how it ended, what arrived, and what the proxy refused. */
export interface Step {
  readonly end: GitEnd;
  /** `METHOD target`. */
  readonly asked: readonly string[];
  /** Credentials that arrived, each once. */
  readonly credentials: readonly string[];
  readonly encodings: readonly string[];
  readonly protocols: readonly string[];
  readonly largest: number;
  /** Reasons of the refusals in the log. */
  readonly refusals: readonly string[];
  /** Branches and tags of the repositories after it. */
  readonly refs: Readonly<Record<string, string>>;
}

export interface GitObservations {
  /** By way, then by the step's name. */
  readonly steps: Readonly<Record<string, Readonly<Record<string, Step>>>>;
  readonly raw: Readonly<Record<string, Outcome>>;
  /** A push to `main` of the repository with branches, without the guard that reads it. */
  readonly unread: Step;
  /** A push to the repository that may only be cloned, without the rules. */
  readonly unruled: Step;
}

export async function observe(lab: Lab): Promise<GitObservations> {
  const origin = await raiseOrigin(lab, [HOST]);
  const folder = path.join(lab.directory, 'repositories');
  for (const way of ['raw', 'open', ...WAYS]) fs.mkdirSync(path.join(folder, way), { recursive: true });
  const use = (name: string) => {
    const own = path.join(folder, name);
    for (const repository of ['web', 'design', 'agent', 'other']) createRepository(own, `acme/${repository}`);
    origin.responds.set(
      HOST,
      gitHost(own, 'agent', () => PASSWORD),
    );
    return own;
  };
  use('raw');
  const first = await withProxy(lab, origin, SETTING, async (proxy) => {
    const raw = await observeCases(proxy, RAW);
    const steps: Record<string, Record<string, Step>> = {};
    for (const way of WAYS) steps[way] = await new Session(lab, proxy, way, use(way)).all();
    return { raw, steps };
  });
  const repositories = use('open');
  const unread = await withProxy(
    lab,
    origin,
    {
      ...SETTING,
      edit: (bootstrap) => withoutFilters(bootstrap, 'Lua', ({ name }) => String(name).startsWith('push')),
    },
    (proxy) => new Session(lab, proxy, 'transparent', repositories, 'unread').pushOnce('agent'),
  );
  const unruled = await withProxy(
    lab,
    origin,
    { ...SETTING, edit: (bootstrap) => withoutFilters(bootstrap, 'RBAC', ({ name }) => name === 'rules') },
    (proxy) => new Session(lab, proxy, 'transparent', repositories, 'unruled').pushOnce('design'),
  );
  origin.close();
  return { ...first, unread, unruled };
}

/** What an agent does with repositories, over one way. */
class Session {
  private readonly git: GitClient;
  private readonly steps: Record<string, Step> = {};

  constructor(
    lab: Lab,
    private readonly proxy: Proxy,
    private readonly way: Way,
    private readonly repositories: string,
    label: string = way,
  ) {
    const authority = path.join(lab.directory, 'proxy-ca.pem');
    fs.writeFileSync(authority, proxy.lab.keeper.authorityCertificate);
    this.git = new GitClient(path.join(lab.directory, label), HOST, way, authority);
  }

  /** Everything, or what tells whether a way does the same. */
  async all(): Promise<Record<string, Step>> {
    const { git } = this;
    await this.step('clone', () => git.clone('acme/web', 'web'));
    await this.step('clone of another', () => git.clone('acme/other', 'other'));
    if (this.way !== 'connect') {
      await this.step('clone with .git', () => git.clone('acme/web.git', 'web2'));
      await this.step('clone, protocol 0', () => git.clone('acme/web', 'web3', '--config', 'protocol.version=0'));
      await this.step('shallow clone', () => git.clone('acme/agent', 'shallow', '--depth=1'));
      await this.step('clone in capitals', () => git.clone('ACME/web', 'capitals'));
    }
    await this.pushes();
    if (this.way !== 'connect') await this.branches();
    return this.steps;
  }

  async pushOnce(repository: string): Promise<Step> {
    await this.git.clone(`acme/${repository}`, repository);
    await this.git.commit(repository);
    return this.step('push', () => this.git.push(repository, 'HEAD:refs/heads/main'));
  }

  private async pushes(): Promise<void> {
    const { git } = this;
    await git.commit('web');
    await this.step('push', () => git.push('web', 'HEAD:refs/heads/main'));
    for (let commit = 0; commit < 40 && this.way === 'transparent'; commit++)
      await git.run(git.folder('web2'), 'commit', '--quiet', '--allow-empty', '-m', `${commit}`);
    if (this.way === 'transparent')
      await this.step('fetch with a gzipped request', () => git.run(git.folder('web2'), 'fetch', '--quiet', 'origin'));
    await git.commit('web', LARGE[this.way]);
    await this.step('push of a large file', () => git.push('web', 'HEAD:refs/heads/main'));
    await git.clone('acme/design', 'design');
    await git.commit('design');
    await this.step('push to what may be cloned', () => git.push('design', 'HEAD:refs/heads/main'));
  }

  private async branches(): Promise<void> {
    const { git } = this;
    await git.clone('acme/agent', 'agent');
    await git.commit('agent');
    const push = (name: string, ...refs: string[]) => this.step(name, () => git.push('agent', ...refs));
    await push('push to an allowed branch', 'HEAD:refs/heads/agent/one');
    await push('push to two allowed branches', 'HEAD:refs/heads/agent/two', 'HEAD:refs/heads/bots/a/b');
    await push('push to main', 'HEAD:refs/heads/main');
    await push('push below a star', 'HEAD:refs/heads/agent/a/b');
    await push('push to an allowed branch and main', 'HEAD:refs/heads/agent/mixed', 'HEAD:refs/heads/main');
    await push('deletion', ':refs/heads/agent/one');
    await push('push of a tag', 'HEAD:refs/tags/v1');
    await push('push of a branch’s name outside heads', 'HEAD:refs/agent/one');
    await git.run(git.folder('agent'), 'commit', '--quiet', '--amend', '-m', 'other');
    await push('forced push', '+HEAD:refs/heads/agent/one');
    await git.commit('agent', LARGE[this.way]);
    await push('push of a large file to an allowed branch', 'HEAD:refs/heads/agent/large');
    await push('push of a large file to main', 'HEAD:refs/heads/main');
    await git.commit('shallow');
    await this.step('push from a shallow clone', () => git.push('shallow', 'HEAD:refs/heads/agent/shallow'));
    await this.step('push from a shallow clone to main', () => git.push('shallow', 'HEAD:refs/heads/main'));
  }

  private async step(name: string, act: () => Promise<GitEnd>): Promise<Step> {
    const { arrivals } = this.proxy.origin;
    await this.proxy.settle();
    const from = arrivals.length;
    const end = await act();
    const refusals: string[] = [];
    const isLogged = () => refusals.push(...this.refused()) > 0;
    await until(isLogged, end.code === 0 ? 50 : 2000);
    const arrived = arrivals.slice(from);
    const values = (header: string) => [
      ...new Set(arrived.flatMap(({ headers }) => headers.filter(([key]) => key === header).map(([, value]) => value))),
    ];
    const step: Step = {
      end,
      asked: arrived.map(({ method, target }) => `${method} ${target}`),
      credentials: values('authorization'),
      encodings: values('content-encoding'),
      protocols: values('git-protocol'),
      largest: Math.max(0, ...arrived.map(({ bodyBytes }) => bodyBytes)),
      refusals,
      refs: this.refs(),
    };
    this.steps[name] = step;
    return step;
  }

  private refused(): string[] {
    return this.proxy.takeLog().flatMap(({ decision, reason }) => (decision === 'deny' ? [String(reason)] : []));
  }

  private refs(): Record<string, string> {
    const names = [
      'main',
      'agent/one',
      'agent/two',
      'bots/a/b',
      'agent/a/b',
      'agent/mixed',
      'agent/large',
      'agent/shallow',
    ];
    const all = ['acme/web', 'acme/design', 'acme/agent'].flatMap((repository) =>
      names.map((name) => [`${repository} ${name}`, branchHead(this.repositories, repository, name) ?? ''] as const),
    );
    const tag = fs.existsSync(path.join(this.repositories, 'acme/agent.git/refs/tags/v1')) ? 'there' : '';
    return { ...Object.fromEntries(all), 'acme/agent v1': tag };
  }
}
