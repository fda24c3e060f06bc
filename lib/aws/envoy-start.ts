/** What the container is given before it is killed; the platform's longest. Seconds. */
export const STOP_SECONDS = 120;
/** Less, so that Envoy ends by itself and writes its log out. Seconds. */
export const DRAIN_SECONDS = 110;

/**
 * Starts Envoy, which its image's shell does for two reasons. On a crash Envoy prints the request it held, injected credential
 * and all, to its standard error: that goes nowhere, and what Envoy has to say, why it refused to start for one, takes
 * another way. And at SIGTERM Envoy would cut every stream: the shell only leaves a file, by which the keeper drains and ends it.
 */
export const ENVOY_ENTRY_POINT = [
  '/bin/sh',
  '-c',
  [
    'rm -f stopping',
    "trap ': >stopping' TERM",
    // Where the platform keeps the pipe from Envoy's user, its records of requests still go there, and only its complaints are lost.
    'if ( : >/dev/stdout ) 2>/dev/null; then set -- "$@" --log-path /dev/stdout; fi',
    '"$@" 2>/dev/null &',
    'while kill -0 $! 2>/dev/null; do wait $!; code=$?; done',
    'exit $code',
  ].join('\n'),
  'envoy',
  '/usr/local/bin/envoy',
];
