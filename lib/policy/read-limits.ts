import { Fields } from './fields';
import type { Limits } from './policy';
import { show, type Findings } from './problem';

/** What holds where nothing is written. */
export const DEFAULT_LIMITS: Limits = { requestsPerSecond: 50, requestBytes: 32 * 1024 * 1024, idleSeconds: 600 };
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
};
/** Envoy counts in 32 bits. */
const MAX = 2 ** 32 - 1;

/** The limits at `where` over those that hold otherwise. */
export function readLimits(value: unknown, where: string, otherwise: Limits, findings: Findings): Limits {
  if (value === undefined) return otherwise;
  const fields = Fields.read(
    value,
    where,
    ['requestsPerSecond', 'requestBytes', 'streamSeconds', 'idleSeconds'],
    findings,
  );
  if (fields === undefined) return otherwise;
  const streamSeconds = whole(fields, 'streamSeconds') ?? otherwise.streamSeconds;
  return {
    requestsPerSecond: whole(fields, 'requestsPerSecond') ?? otherwise.requestsPerSecond,
    requestBytes: bytes(fields) ?? otherwise.requestBytes,
    ...(streamSeconds === undefined ? {} : { streamSeconds }),
    idleSeconds: whole(fields, 'idleSeconds') ?? otherwise.idleSeconds,
  };
}

function whole(fields: Fields, key: string): number | undefined {
  const value = fields.raw(key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX) return value;
  fields.findings.add(
    'limit-form',
    fields.at(key),
    'a whole number from 1',
    show(value),
    'leave it out for the default',
  );
  return undefined;
}

function bytes(fields: Fields): number | undefined {
  const value = fields.raw('requestBytes');
  if (typeof value !== 'string') return whole(fields, 'requestBytes');
  const match = /^([1-9][0-9]*) ?([KMG]i?B|B)$/.exec(value);
  const size = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN);
  if (Number.isInteger(size) && size <= MAX) return size;
  fields.findings.add(
    'limit-form',
    fields.at('requestBytes'),
    'a size such as "32MiB" or 33554432, below 4 GiB',
    show(value),
    'units are B, KB, KiB, MB, MiB, GB and GiB',
  );
  return undefined;
}
