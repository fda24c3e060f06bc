import { readFileSync, statSync } from 'node:fs';
import { CELL_UID, WINDOW_UID } from './addresses';

/** Who the pieces run as. */
export interface Identity {
  /** True: already root here (or root of a user namespace); false: a user namespace of our own is needed. */
  readonly root: boolean;
  /** True: other ids are mapped, so the proxy and the command get ids of their own. */
  readonly separate: boolean;
  readonly window: number;
  readonly cell: number;
}

/** Root's command never runs as root: an id of its own, or the owner of its workspace so that it can read it. */
export function findIdentity(workspace: string | undefined): Identity {
  const uid = process.getuid?.() ?? 0;
  const root = uid === 0;
  const separate = root && isMapped(WINDOW_UID);
  if (!separate) return { root, separate, window: 0, cell: 0 };
  const owner = workspace === undefined ? 0 : statSync(workspace).uid;
  return { root, separate, window: WINDOW_UID, cell: owner === 0 ? CELL_UID : owner };
}

/** `setpriv` words that leave a process no capability and, where ids are mapped, an id of its own. */
export function dropPrivileges(identity: Identity, uid: number): readonly string[] {
  return setpriv(identity, uid, '-all');
}

/**
 * The same for what makes a user namespace: where we are root of one with a single id, the kernel lets only a holder of
 * CAP_SETFCAP map that id further down (Linux 5.12). What is started in the new namespace has none.
 */
export function dropPrivilegesButMapping(identity: Identity, uid: number): readonly string[] {
  return setpriv(identity, uid, identity.separate ? '-all' : '-all,+setfcap');
}

function setpriv(identity: Identity, uid: number, bounding: string): readonly string[] {
  const ids = identity.separate ? [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
  return ['setpriv', ...ids, `--bounding-set=${bounding}`, '--inh-caps=-all', '--no-new-privs'];
}

function isMapped(uid: number): boolean {
  return readFileSync('/proc/self/uid_map', 'utf8')
    .trim()
    .split('\n')
    .some((line) => {
      const [start = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
      return uid >= start && uid < start + count;
    });
}
