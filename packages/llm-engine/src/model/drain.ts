import type { Clock } from '@pf-agents/agent-core'

/** How long the rest of an answer that is over may take, ms. */
const patienceMs = 500
const maxReads = 16

/**
 * Reads what is left behind the end of an answer (as a rule nothing, or `[DONE]`), so that the connection can be used
 * again; where more comes or nothing does, the connection is cut. Nobody waits for it.
 */
export function drain(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): void {
  const cut = () => void reader.cancel().catch(() => {})
  const cancel = clock.after(patienceMs, cut)
  const rest = async (): Promise<void> => {
    for (let reads = 0; reads < maxReads; reads++) if ((await reader.read()).done) return
    cut()
  }
  rest().then(cancel, cancel)
}
