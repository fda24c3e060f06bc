import type { WriteStream } from 'node:tty';
import type { Progress } from './show';

const WIDTH = 24;

/** One line that is drawn over and over on a terminal, and nothing anywhere else. `end` wipes it. */
export function drawProgress(terminal: Pick<WriteStream, 'write' | 'isTTY'>): Progress & { end(): void } {
  if (!terminal.isTTY) return Object.assign(() => undefined, { end: () => undefined });
  const draw: Progress = (stage, done, of) => {
    const full = Math.round((done / of) * WIDTH);
    terminal.write(
      `\r\u001b[K[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${stage}${done > 0 ? ` ${done}/${of}` : ''}`,
    );
  };
  return Object.assign(draw, { end: () => void terminal.write('\r\u001b[K') });
}
