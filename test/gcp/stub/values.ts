import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known only after the apply. */
export class Unknown {}
export const UNKNOWN = new Unknown();

/** A resource's settings; null when there is none. */
export type State = Record<string, unknown> | null;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
// The command refines what it doesn't know; the refinement is of no use here.
extensionCodec.register({ type: 12, encode: () => null, decode: () => UNKNOWN });

/** A value on the wire. */
export interface Wire {
  readonly msgpack?: Buffer;
}

export function unpack(wire: Wire | undefined): State {
  if (!wire?.msgpack || wire.msgpack.length === 0) return null;
  // Settings of a resource are always a mapping, or nothing.
  return decode(wire.msgpack, { extensionCodec }) as State;
}

export function pack(state: State): Wire {
  return { msgpack: Buffer.from(encode(state, { extensionCodec })) };
}
