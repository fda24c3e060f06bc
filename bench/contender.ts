import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { complaint, type Place } from './place';
import type { Route } from './load';

/** The ways an agent's requests come to a proxy. */
export type Way = 'transparent' | 'connect' | 'gateway' | 'passthrough' | 'connect-passthrough';

/** A proxy that is measured. */
export interface Contender {
  readonly name: string;
  /** Process whose CPU seconds and memory are counted, with its children. */
  readonly pid: number;
  /** How requests for `host` go through it; undefined for a way it hasn't. */
  route(way: Way, host: string): Route | undefined;
  stop(): Promise<void>;
}

/** Waits until something listens. Throws with what the program said when it ended or 15 s passed. */
export async function listening(
  place: Place,
  name: string,
  child: ChildProcess,
  address: string,
  port: number,
): Promise<number> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break;
    if (await answers(address, port)) return child.pid ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} doesn't listen on ${address}:${port}: ${complaint(place, name)}`);
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
