/** The outside's own record: what arrived, whatever a client thinks of it. A refusal counts only when nothing is in here. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export type Arrival = RequestArrival | LookupArrival | PacketArrival;

/** An HTTP request that a stand-in server was asked. */
export interface RequestArrival {
  readonly kind: 'request';
  /** The server's name, e.g. `api.model.example`. */
  readonly server: string;
  /** The TLS name the client asked for. */
  readonly sni?: string;
  readonly method: string;
  /** Raw, with its query. */
  readonly path: string;
  /** As on the wire, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
  readonly status: number;
}

/** A DNS question that reached the authoritative server. */
export interface LookupArrival {
  readonly kind: 'dns';
  readonly name: string;
  readonly type: number;
  readonly over: 'udp' | 'tcp';
  readonly from: string;
}

/** A connection, or a datagram, at an address that nobody should reach. TLS connections to servers count as `tcp` too. */
export interface PacketArrival {
  readonly kind: 'tcp' | 'udp';
  readonly to: string;
  readonly port: number;
  readonly from: string;
  readonly bytes?: number;
}

/** The value of a header of an arrival; undefined when it wasn't sent. */
export function headerOf(arrival: RequestArrival, name: string): string | undefined {
  return arrival.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** One JSON line for each arrival; written synchronously, so what has been answered is already recorded. */
export class Recorder {
  constructor(private readonly file: string) {}

  add(arrival: Arrival): void {
    appendFileSync(this.file, `${JSON.stringify(arrival)}\n`);
  }

  all(): Arrival[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    // each line was written by `add`
    return lines.map((line) => JSON.parse(line) as Arrival);
  }

  clear(): void {
    writeFileSync(this.file, '');
  }
}
