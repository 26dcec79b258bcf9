/**
 * `fetch` whose body ends where the connection breaks: the client of AG-UI cancels what broke, and the rejection of that
 * is heard by nobody (1.0.0). A run that ended without saying so is known by its missing end.
 */
export async function quietFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (response.body === null || !response.ok) return response
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch {
        controller.close()
      }
    },
    async cancel(reason) {
      // Broken already: nothing is left to cancel.
      await reader.cancel(reason).catch(() => {})
    },
  })
  return new Response(body, response)
}
