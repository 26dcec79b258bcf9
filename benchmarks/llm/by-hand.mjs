// The loop of loop.mjs with neither engine nor client: what an agent that streams, and whose task is made and stored, takes
// at the least. It knows one provider, one tool and no failure.
import { reply } from '@pf-agents/agent-core'
import { createParser } from 'eventsource-parser'

const url = 'https://api.openai.com/v1/chat/completions'
const headers = { authorization: 'Bearer k', 'content-type': 'application/json', accept: 'text/event-stream' }

/** A handler that carries the calls out with `run`, a function of their arguments. */
export function byHand(tool, run) {
  const tools = [{ type: 'function', function: tool }]
  return async (message, ctx) => {
    const messages = [{ role: 'user', content: message.parts[0].text }]
    for (let turn = 1; ; turn++) {
      const name = `turn-${turn}`
      ctx.emit({ type: 'step-start', name })
      const body = { model: 'm', messages, tools, stream: true, stream_options: { include_usage: true } }
      const response = await ctx.fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      const { text, calls, usage } = await read(response, ctx)
      ctx.emit({ type: 'usage', usage: { turns: 1, ...usage } })
      ctx.emit({ type: 'step-end', name })
      if (calls.length === 0) return reply.completed()
      messages.push({ role: 'assistant', content: text, tool_calls: calls })
      for (const call of calls) {
        const data = await run(JSON.parse(call.function.arguments))
        ctx.emit({ type: 'tool-result', toolCallId: call.id, parts: [{ data }] })
        messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(data) })
      }
    }
  }
}

async function read(response, ctx) {
  const calls = []
  let text = ''
  let usage = {}
  let messageId
  const say = (delta) => {
    if (messageId === undefined) {
      messageId = crypto.randomUUID()
      ctx.emit({ type: 'text-start', messageId })
    }
    text += delta
    ctx.emit({ type: 'text-delta', messageId, delta })
  }
  const call = ({ index, id, function: { name, arguments: delta } }) => {
    if (calls[index] === undefined) {
      calls[index] = { id, type: 'function', function: { name, arguments: '' } }
      ctx.emit({ type: 'tool-call-start', toolCallId: id, name })
    }
    const own = calls[index]
    own.function.arguments += delta
    if (delta !== '') ctx.emit({ type: 'tool-call-delta', toolCallId: own.id, delta })
  }
  const onEvent = ({ data }) => {
    if (data === '[DONE]') return
    const chunk = JSON.parse(data)
    const delta = chunk.choices[0]?.delta
    if (delta?.content) say(delta.content)
    for (const one of delta?.tool_calls ?? []) call(one)
    if (chunk.usage) usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens }
  }
  const parser = createParser({ onEvent })
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parser.feed(decoder.decode(value, { stream: true }))
  }
  if (messageId !== undefined) ctx.emit({ type: 'text-end', messageId })
  for (const { id } of calls) ctx.emit({ type: 'tool-call-end', toolCallId: id })
  return { text, calls, usage }
}
