import { HttpAgent, type RunAgentInput } from '@ag-ui/client'

/** An `HttpAgent` that can also re-join its thread: the server's address for it, read like any run. */
export class ThreadAgent extends HttpAgent {
  protected override connect(input: RunAgentInput): ReturnType<HttpAgent['run']> {
    this.abortController = new AbortController()
    const { headers, threadId, abortController, fetch: ownFetch } = this
    const url = `${this.url}/threads/${encodeURIComponent(threadId)}/connect`
    const reader = new HttpAgent({ url, headers, fetch: ownFetch })
    reader.abortController = abortController
    return reader.run(input)
  }

  /** Asks the server to stop what is under way in the thread, or waits. @throws Error where it does not */
  async cancel(): Promise<void> {
    const response = await fetch(`${this.url}/threads/${encodeURIComponent(this.threadId)}/cancel`, {
      method: 'POST',
      headers: this.headers,
    })
    if (!response.ok)
      throw Object.assign(new Error(`HTTP ${response.status}`), {
        status: response.status,
        payload: await response.json().catch(() => undefined),
      })
  }
}
