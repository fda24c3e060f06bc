import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROXY_ADDRESS } from '../equivalence/world';
import { prefixOf, type Way } from '../faults/ways';

/** How a git command ended. Nothing of the machine's own configuration is used. */
export interface GitEnd {
  readonly code: number;
  readonly output: string;
}

/** The real git client, over one way in. */
export class GitClient {
  private readonly home: string;

  /** `authority`: PEM file of the authority it trusts. */
  constructor(
    folder: string,
    private readonly host: string,
    private readonly way: Way,
    private readonly authority: string,
  ) {
    this.home = path.join(folder, `git-${way}`);
    fs.mkdirSync(this.home, { recursive: true });
  }

  /** URL of a repository as this way's client writes it. */
  url(repository: string): string {
    if (this.way === 'gateway') return `http://${PROXY_ADDRESS}:8080${prefixOf(this.host)}/${repository}`;
    return `https://${this.host}/${repository}`;
  }

  /** A folder of its own for a clone. */
  folder(name: string): string {
    return path.join(this.home, name);
  }

  clone(repository: string, name: string, ...options: string[]): Promise<GitEnd> {
    return this.run(this.home, 'clone', '--quiet', ...options, this.url(repository), name);
  }

  /** A commit with a file of so many random bytes. */
  async commit(name: string, bytes = 20): Promise<void> {
    fs.writeFileSync(path.join(this.folder(name), `file-${bytes}`), randomBytes(bytes));
    await this.run(this.folder(name), 'add', '--all');
    await this.run(this.folder(name), 'commit', '--quiet', '--message', `${bytes} bytes`);
  }

  push(name: string, ...args: string[]): Promise<GitEnd> {
    return this.run(this.folder(name), 'push', '--quiet', 'origin', ...args);
  }

  run(cwd: string, ...args: string[]): Promise<GitEnd> {
    const config = [
      `http.sslCAInfo=${this.authority}`,
      // Random bytes don't shrink; trying takes most of a push's time.
      'core.compression=0',
      // Over HTTP/2 the uploads of libcurl 7.88 stall now and then, a few bytes before their end.
      'http.version=HTTP/1.1',
      // An agent's own credential, which must go nowhere.
      'http.extraHeader=Authorization: Basic Zm9yZWlnbjpmb3JlaWdu',
      ...(this.way === 'transparent' ? [`http.curloptResolve=${this.host}:443:${PROXY_ADDRESS}`] : []),
      ...(this.way === 'connect' ? [`http.proxy=http://${PROXY_ADDRESS}:3128`] : []),
    ];
    const person = { NAME: 'Agent', EMAIL: 'agent@agent.example' };
    const env = {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...Object.fromEntries(
        Object.entries(person).flatMap(([key, value]) => [
          [`GIT_AUTHOR_${key}`, value],
          [`GIT_COMMITTER_${key}`, value],
        ]),
      ),
    };
    const given = config.flatMap((entry) => ['-c', entry]);
    return new Promise((resolve) => {
      execFile('git', [...given, ...args], { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: `${stdout}${stderr}` });
      });
    });
  }
}
