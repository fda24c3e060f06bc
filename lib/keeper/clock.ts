/** Time, as a seam. Everything that is due is looked up at each beat, so a suspended machine and delays past 24 days need no care. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `beat` every so many milliseconds until the returned function is called. */
  every(milliseconds: number, beat: () => void): () => void;
}

/** The system's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  every(milliseconds, beat) {
    const timer = setInterval(beat, milliseconds);
    return () => clearInterval(timer);
  },
};
