let lastTime = Number.NaN
let lastText = ''

/** Milliseconds since 1970 as tasks carry them: ISO 8601, UTC. Made once per millisecond. */
export function timestamp(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString()
    lastTime = time
  }
  return lastText
}
