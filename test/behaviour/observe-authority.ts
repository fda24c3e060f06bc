import { Http2Connection } from '../equivalence/http2-client';
import { RawConnection } from '../equivalence/raw-client';
import type { Lab } from '../faults/lab';
import { A, B, CASES, OPAQUE, OTHER, PROTECTIONS, SETTING } from './authority-cases';
import { clientHello, greet } from './client-hello';
import { observeResumed, type Resumed } from './resumed';
import { observeCases, observeWithout, type TableObservations } from './table';
import { bytesOf, fieldsOf, raiseOrigin, routeTo, withProxy, type Ask, type Outcome, type Proxy } from './world';

/** One connection, several authorities in turn. */
export const SHARED = ['HTTP/1.1', 'HTTP/2'] as const;

export interface Greeting {
  readonly hello: Buffer;
  /** Bytes a segment. @default - all at once */
  readonly piece?: number;
  readonly served: boolean;
}

/** First bytes of a connection, by a sentence's end. */
export const GREETINGS: Readonly<Record<string, Greeting>> = {
  'an intercepted name': { hello: clientHello(A), served: true },
  'an intercepted name, 40 bytes a segment': { hello: clientHello(A), piece: 40, served: true },
  'a passthrough name': { hello: clientHello(OPAQUE), served: true },
  'a passthrough name in capitals': { hello: clientHello(OPAQUE.toUpperCase()), served: true },
  // What is inside can't be seen: passthrough trusts whoever answers for the outer name.
  'a passthrough name around an encrypted hello': { hello: clientHello(OPAQUE, true), served: true },
  'no name': { hello: clientHello(undefined), served: false },
  'an empty name': { hello: clientHello(''), served: false },
  'an unlisted name': { hello: clientHello('evil.example'), served: false },
  'an unlisted name around an encrypted hello': { hello: clientHello('evil.example', true), served: false },
  'a name under a passthrough name': { hello: clientHello(`x.${OPAQUE}`), served: false },
  'a passthrough name with a trailing dot': { hello: clientHello(`${OPAQUE}.`), served: false },
  'a passthrough name and a zero byte': { hello: clientHello(`${OPAQUE}\0.evil.example`), served: false },
  'an address for a name': { hello: clientHello('203.0.113.10'), served: false },
  'clear text': { hello: Buffer.from(`GET / HTTP/1.1\r\nHost: ${A}\r\n\r\n`), served: false },
  'the HTTP/2 preface': { hello: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), served: false },
  'an SSH banner': { hello: Buffer.from('SSH-2.0-x\r\n'), served: false },
};

export interface AuthorityObservations extends TableObservations {
  /** By protocol: outcomes of A, B, a passthrough host and A again on one connection. */
  readonly shared: Readonly<Record<string, readonly Outcome[]>>;
  readonly greetings: Readonly<Record<string, Outcome>>;
  /** By version of TLS. */
  readonly resumed: Readonly<Record<string, Resumed>>;
}

export async function observe(lab: Lab): Promise<AuthorityObservations> {
  const origin = await raiseOrigin(lab, [A, B, OPAQUE, OTHER]);
  const whole = await withProxy(lab, origin, SETTING, async (proxy) => ({
    outcomes: await observeCases(proxy, CASES),
    shared: { 'HTTP/1.1': await shared(proxy, 1), 'HTTP/2': await shared(proxy, 2) },
    greetings: await greetings(proxy),
    resumed: await observeResumed(proxy),
  }));
  const without = await observeWithout(lab, origin, SETTING, CASES, PROTECTIONS);
  origin.close();
  return { ...whole, without };
}

async function shared(proxy: Proxy, http: 1 | 2): Promise<Outcome[]> {
  const route = routeTo({ host: A });
  const connection = http === 2 ? new Http2Connection(route) : new RawConnection(route);
  const outcomes: Outcome[] = [];
  for (const authority of [A, B, OPAQUE, A]) {
    const ask: Ask = { host: A, http, authority };
    outcomes.push(
      await proxy.watch(() =>
        connection instanceof Http2Connection ? connection.send(fieldsOf(ask)) : connection.send(bytesOf(ask)),
      ),
    );
  }
  connection.close();
  return outcomes;
}

async function greetings(proxy: Proxy): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, { hello, piece, served }] of Object.entries(GREETINGS)) {
    const greeted = async () => ({ status: 0, head: '', body: await greet(routeTo({ host: A }), hello, piece) });
    outcomes[name] = await proxy.watch(greeted, served && !name.startsWith('a passthrough') ? 0 : 1);
    await proxy.settle();
  }
  return outcomes;
}
