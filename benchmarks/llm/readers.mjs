// Four ways from the bytes of an answer to its text deltas. Each gives the number of deltas.
export const readers = {
  async ours(fetch) {
    const { createOpenAiChat } = await import('@pf-agents/llm-engine/openai')
    const model = createOpenAiChat({ model: 'm', apiKey: 'k', host: { fetch } })
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Go' }] }]
    return async () => {
      let deltas = 0
      for await (const part of model.stream({ messages })) if (part.type === 'text-delta') deltas++
      return deltas
    }
  },
  /** The AI SDK's provider alone: no accumulated result, no steps. */
  async 'ai-sdk provider'(fetch) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    const model = createOpenAI({ apiKey: 'k', fetch }).chat('m')
    const prompt = [{ role: 'user', content: [{ type: 'text', text: 'Go' }] }]
    return async () => {
      let deltas = 0
      const { stream } = await model.doStream({ prompt })
      const reader = stream.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return deltas
        // The first event makes an empty one.
        if (value.type === 'text-delta' && value.delta !== '') deltas++
      }
    }
  },
  /** What its users call. */
  async 'ai-sdk streamText'(fetch) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    const { streamText } = await import('ai')
    const model = createOpenAI({ apiKey: 'k', fetch }).chat('m')
    return async () => {
      let deltas = 0
      for await (const _ of streamText({ model, prompt: 'Go' }).textStream) deltas++
      return deltas
    }
  },
  /** The least that has to be done: decode, frame, parse, take the text. */
  async floor(fetch) {
    const { createParser } = await import('eventsource-parser')
    return async () => {
      let deltas = 0
      const response = await fetch()
      const decoder = new TextDecoder()
      const parser = createParser({
        onEvent({ data }) {
          if (data === '[DONE]') return
          const content = JSON.parse(data).choices[0]?.delta.content
          if (typeof content === 'string' && content !== '') deltas++
        },
      })
      const reader = response.body.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return deltas
        parser.feed(decoder.decode(value, { stream: true }))
      }
    }
  },
}
