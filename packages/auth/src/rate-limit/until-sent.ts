import { textSourceOf } from '@pf-agents/http-kit'

/** Whether a response goes on after its head: one that a host takes straight is told without a look at its headers. */
export function isStream(response: Response): boolean {
  if (textSourceOf(response) !== undefined) return true
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
}

/** The response, and word when its body is over: read to its end, failed, or given up by whoever read it. */
export function untilSent(response: Response, done: () => void): Response {
  const source = textSourceOf(response)
  if (source !== undefined) {
    // Told once, however the stream ends and whoever sends it. To wrap the body would cost the host its short way.
    const gone = source.gone.bind(source)
    source.gone = () => {
      done()
      gone()
    }
    return response
  }
  const { body, status, statusText, headers } = response
  if (body === null) {
    done()
    return response
  }
  const reader = body.getReader()
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isOver, value } = await reader.read()
          if (!isOver) return controller.enqueue(value)
          done()
          controller.close()
        } catch (error) {
          done()
          controller.error(error)
        }
      },
      cancel(reason) {
        done()
        return reader.cancel(reason)
      },
    },
    // No buffer of its own: whoever is slow slows the writer.
    { highWaterMark: 0 },
  )
  return new Response(stream, { status, statusText, headers })
}
