import { HttpAgent, type RunAgentInput } from '@ag-ui/client'

/** Characters of a transcript that are sent along; of a longer one only its end is. */
const transcriptLimit = 500_000

/** An `HttpAgent` that can also re-join its thread: the server's address for it, read like any run. */
export class ThreadAgent extends HttpAgent {
  protected override connect(input: RunAgentInput): ReturnType<HttpAgent['run']> {
    this.abortController = new AbortController()
    const { headers, threadId, abortController, fetch: ownFetch } = this
    const url = `${this.url}/threads/${encodeURIComponent(threadId)}/connect`
    const reader = new HttpAgent({ url, headers, fetch: ownFetch })
    reader.abortController = abortController
    return reader.run(shortened(input))
  }

  protected override requestInit(input: RunAgentInput): RequestInit {
    return super.requestInit(shortened(input))
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

/**
 * The server keeps what was said, and refuses requests that are too large: of a long transcript it is sent what the user
 * said last, and all behind it. A short one it gets whole, because it may have been started anew and know nothing.
 */
export function shortened(input: RunAgentInput): RunAgentInput {
  const { messages } = input
  const last = messages.findLastIndex(({ role }) => role === 'user')
  if (last <= 0 || JSON.stringify(messages).length <= transcriptLimit) return input
  return { ...input, messages: messages.slice(last).filter(({ role }) => role === 'user' || role === 'tool') }
}
