/** A fragment of the bootstrap: plain JSON. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** `NAME @ TYPE: {…}`: an Envoy extension with its typed configuration. `type` is relative to `envoy.extensions.`. */
export function extension(name: string, type: string, config: JsonObject = {}): JsonObject {
  return { name, typed_config: typed(type, config) };
}

/** A typed configuration alone. */
export function typed(type: string, config: JsonObject = {}): JsonObject {
  return { '@type': `type.googleapis.com/envoy.extensions.${type}`, ...config };
}

/** Turns a filter that is configured `disabled: true` on for one route, or (`off`) a running one off. */
export function filterSwitch(state: 'on' | 'off' = 'on', config: JsonObject = {}): JsonObject {
  const type = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';
  return state === 'on' ? { '@type': type, config } : { '@type': type, disabled: true };
}
