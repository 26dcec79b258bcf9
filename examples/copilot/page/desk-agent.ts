import { HttpAgent, type RunAgentInput } from '@ag-ui/client'

/**
 * The client, with what AG-UI leaves to the server: to come back to a thread, and to stop it. Both are routes of
 * `agui-stream`.
 */
export class DeskAgent extends HttpAgent {
  get #thread(): string {
    return `${this.url}/threads/${encodeURIComponent(this.threadId)}`
  }

  /** What `connectAgent()` asks for: the history, the state, and what is under way. */
  protected override connect(input: RunAgentInput): ReturnType<HttpAgent['run']> {
    return new HttpAgent({ url: `${this.#thread}/connect` }).run(input)
  }

  /** Stops the run that is under way, or the task that waits. Its stream ends as canceled. */
  async cancel(): Promise<void> {
    const response = await fetch(`${this.#thread}/cancel`, { method: 'POST' })
    // 409: it was over already.
    if (!response.ok && response.status !== 409) throw new Error(`Not canceled: HTTP ${response.status}.`)
  }
}
