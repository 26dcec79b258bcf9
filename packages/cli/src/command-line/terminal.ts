/** Where a command writes: what was asked for on standard output, everything about it on standard error. */
export interface Terminal {
  /** The result. */
  out(text: string): void
  /** About the work: notes, warnings, logs. */
  note(text: string): void
  /** Shows a step that takes time; call what it returns at the end, with what came of it or `undefined` where it failed. */
  step(title: string): (outcome: string | undefined) => void
  /** Whether a person watches. */
  readonly interactive: boolean
}

interface Stream {
  write(text: string): unknown
  isTTY?: boolean
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** A terminal over two streams. Where nobody watches, a step is a line at its begin and one at its end. */
export function createTerminal(output: Stream, error: Stream): Terminal {
  const interactive = error.isTTY === true
  let running: { draw(): void } | undefined
  const line = (text: string): void => {
    // A note between two frames: wipe the frame, write, draw it again below.
    if (running) error.write(`\r\u001b[2K`)
    error.write(`${text}\n`)
    running?.draw()
  }
  return {
    interactive,
    out: (text) => output.write(`${text}\n`),
    note: line,
    step(title) {
      const start = performance.now()
      const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`
      if (!interactive) {
        line(`${title} …`)
        return (outcome) =>
          line(outcome === undefined ? `${title}: failed after ${seconds()}` : `${title}: ${outcome} (${seconds()})`)
      }
      let frame = 0
      const draw = (): void => void error.write(`\r\u001b[2K${frames[frame++ % frames.length]} ${title} ${seconds()}`)
      const timer = setInterval(draw, 100)
      timer.unref()
      running = { draw }
      draw()
      return (outcome) => {
        clearInterval(timer)
        running = undefined
        error.write('\r\u001b[2K')
        error.write(outcome === undefined ? `✗ ${title}\n` : `✓ ${title}: ${outcome} (${seconds()})\n`)
      }
    },
  }
}
