import { Fields } from './fields';
import { childPath } from './plain-data';
import { PRESETS, type Preset, type PresetSetting } from './presets';
import { nearest, show, type Findings } from './problem';

/** What may be written beside `use` and is taken as it stands. */
const TAKEN = ['port', 'prefix', 'credential', 'addresses', 'ca', 'response', 'limits'] as const;
type Settings = ReadonlyMap<string, readonly string[]>;

/** The `host` entry a preset entry stands for, or undefined with a problem. */
export function expandPreset(entry: Fields): Readonly<Record<string, unknown>> | undefined {
  const preset = findPreset(entry);
  if (preset === undefined) return undefined;
  const settings = readSettings(entry, preset);
  if (preset.host === undefined && !entry.has('host')) {
    const expected = 'the host of your mirror';
    entry.findings.add('preset-setting', entry.at('host'), expected, 'nothing', 'write `host: packages.example.com`');
    return undefined;
  }
  if (settings === undefined) return undefined;
  const headers = mergeHeaders(preset, settings, entry);
  return {
    host: entry.raw('host') ?? hostOf(preset.host ?? '', settings),
    ...(preset.prefix === undefined ? {} : { prefix: preset.prefix }),
    rules: preset.rules.flatMap((rule) => fill(rule, settings)),
    ...(headers === undefined ? {} : { headers }),
    ...(preset.credential === undefined ? {} : { credential: fillAll(preset.credential, settings) }),
    ...Object.fromEntries(TAKEN.filter((key) => entry.has(key)).map((key) => [key, entry.raw(key)])),
  };
}

function findPreset(entry: Fields): Preset | undefined {
  const name = entry.text('use', 'anthropic');
  if (name === undefined) return undefined;
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name];
  const known = Object.keys(PRESETS);
  const near = nearest(name, known);
  const mend = near === undefined ? 'write the entry out with `host`' : `did you mean "${near}"?`;
  entry.findings.add('preset-unknown', entry.at('use'), `one of ${known.join(', ')}`, show(name), mend);
  return undefined;
}

function readSettings(entry: Fields, preset: Preset): Settings | undefined {
  const known = preset.settings ?? {};
  if (preset.settings === undefined && entry.has('with')) {
    entry.findings.add('preset-setting', entry.at('with'), 'no settings for this preset', 'some', 'remove `with`');
    return undefined;
  }
  const given = Fields.read(entry.raw('with') ?? {}, entry.at('with'), Object.keys(known), entry.findings);
  if (given === undefined) return undefined;
  const settings = Object.entries(known).map(
    ([name, setting]) => [name, readSetting(given.raw(name), given.at(name), setting, entry.findings)] as const,
  );
  const sound = settings.flatMap(([name, values]) => (values === undefined ? [] : [[name, values] as const]));
  return sound.length === settings.length ? new Map(sound) : undefined;
}

function readSetting(
  value: unknown,
  where: string,
  setting: PresetSetting,
  findings: Findings,
): readonly string[] | undefined {
  const { otherwise, example, form, many = false } = setting;
  if (value === undefined && otherwise !== undefined) return [otherwise];
  const values: unknown[] = many && Array.isArray(value) ? value : [value];
  const wrong = values.findIndex((item) => typeof item !== 'string' || !form.test(item));
  if (wrong === -1 && values.length > 0) return values.map(String);
  const place = many && Array.isArray(value) && wrong !== -1 ? childPath(where, wrong) : where;
  const got = values.length === 0 ? 'an empty list' : show(values[wrong]);
  findings.add('preset-setting', place, `text such as "${example}"`, got, 'docs/policy-language.md lists the settings');
  return undefined;
}

/** A preset's refusals can be added to and not taken away: else a header written beside it would open the tenant. */
function mergeHeaders(preset: Preset, settings: Settings, entry: Fields): unknown {
  const tenants = Object.entries(preset.tenant ?? {}).map(
    ([header, name]) => [header, settings.get(name)?.[0] ?? ''] as const,
  );
  const pinned = tenants.filter(([, value]) => value !== '');
  const deny = [...(preset.deny ?? []), ...tenants.filter(([, value]) => value === '').map(([header]) => header)];
  const written = entry.raw('headers');
  if (written === undefined) {
    return deny.length + pinned.length === 0 ? undefined : { deny, set: Object.fromEntries(pinned) };
  }
  const headers = Fields.read(written, entry.at('headers'), ['deny', 'set'], entry.findings);
  if (headers === undefined) return undefined;
  const set = headers.mapping('set');
  for (const header of Object.keys(set).filter((name) => tenants.some(([tenant]) => tenant === name.toLowerCase()))) {
    const mend = 'the tenant is a setting of the preset: write it in `with`';
    entry.findings.add('header-reserved', childPath(headers.at('set'), header), 'another header', show(header), mend);
  }
  return { deny: [...deny, ...headers.texts('deny', 'x-tenant')], set: { ...set, ...Object.fromEntries(pinned) } };
}

/** The one host without a region before it is the global one. */
function hostOf(host: string, settings: Settings): string {
  return (fill(host, settings)[0] ?? '').replace(/^global-/, '');
}

/** The text once for every combination of the settings it names. */
function fill(text: string, settings: Settings): readonly string[] {
  const name = /\{([a-z]+)\}/.exec(text)?.[1];
  if (name === undefined) return [text];
  return (settings.get(name) ?? []).flatMap((value) =>
    fill(
      text.replaceAll(`{${name}}`, () => value),
      settings,
    ),
  );
}

function fillAll(value: NonNullable<Preset['credential']>, settings: Settings): unknown {
  const entries = Object.entries(value).map(([kind, fields]) => [
    kind,
    Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, fill(text, settings)[0]])),
  ]);
  return Object.fromEntries(entries);
}
