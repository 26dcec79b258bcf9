// @node24-only: the official SDK is the same on both
import type { JsonObject, ModelMessage } from '@pf-agents/agent-core'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, named } from '../../test/harness'
import { oracleTurns, type Read } from '../../test/oracle-turns'
import { serveFake } from '../../test/serve-fake'
import { generate } from '../reply/generate'
import { createOpenAiResponses } from './openai-responses'

async function official(url: string, stream: boolean): Promise<Read> {
  const client = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 })
  const body = { model: 'm', input: 'Hello' }
  const response = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body)
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) as unknown }]
      : [],
  )
  const cut = response.incomplete_details?.reason === 'max_output_tokens'
  return {
    text: response.output_text,
    calls,
    finish: cut ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop',
    input: response.usage?.input_tokens ?? -1,
    output: response.usage?.output_tokens ?? -1,
  }
}

describe('the SDK of OpenAI and our client of Responses, at the same server', () => {
  it.each(Object.entries(oracleTurns))('read the same: %s', async (_name, turn) => {
    const provider = await serveFake(() => ({ reasoning: 'hm', ...turn }))
    try {
      const model = createOpenAiResponses({ model: 'm', apiKey: 'k', baseUrl: `${provider.url}/v1`, attempts: 1 })
      const { text, toolCalls, finish, usage } = await generate(model, hello)
      const calls = toolCalls.map((call) => ({
        id: call.toolCallId,
        name: call.name,
        arguments: JSON.parse(call.arguments) as unknown,
      }))
      const mine: Read = {
        text,
        calls,
        finish: finish.reason,
        input: usage.inputTokens ?? -1,
        output: usage.outputTokens ?? -1,
      }
      expect(await official(provider.url, true)).toEqual(mine)
      expect(await official(provider.url, false)).toEqual(mine)
    } finally {
      await provider.close()
    }
  })
})

const citation = { type: 'url_citation', url: 'http://x', title: 't', start_index: 0, end_index: 3 }
const part = (text: string, annotations: JsonObject[] = []): JsonObject => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
})
const message = (content: JsonObject[], fields: JsonObject): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content,
  ...fields,
})
const call = (fields: JsonObject): JsonObject => ({
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'f',
  arguments: '{}',
  status: 'completed',
  ...fields,
})

/** Items, and what of them has to go back. */
const items: [string, JsonObject, string[]][] = [
  ['what it says before a call', message([part('I will look.')], { phase: 'commentary' }), ['phase']],
  ['what it says in the end', message([part('It is.')], { phase: 'final_answer' }), ['phase']],
  ['what it cites', message([part('It is.', [citation])], { phase: null }), []],
  ['a call', call({}), []],
  ['a call that code made', call({ caller: { type: 'program', caller_id: 'prog_1' } }), ['caller']],
  ['a call of a namespace', call({ namespace: 'crm' }), ['namespace']],
]

describe('an item goes back as the SDK of OpenAI has it', () => {
  it.each(items)('%s', async (_name, item, fields) => {
    const response = { id: 'r', object: 'response', model: 'm', status: 'completed', output: [item] }
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
    const open = { ...item, ...(item['type'] === 'message' ? { content: [] } : { arguments: '' }), phase: null }
    const content = item['content'] as JsonObject[] | undefined
    const at = { output_index: 0, content_index: 0, item_id: item['id'] }
    const body = named(
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: open },
      ...(content ?? []).flatMap(({ text, annotations }) => [
        { type: 'response.content_part.added', ...at, part: part('') },
        { type: 'response.output_text.delta', ...at, delta: text },
        ...(annotations as JsonObject[]).map((annotation, annotation_index) => ({
          type: 'response.output_text.annotation.added',
          ...at,
          annotation_index,
          annotation,
        })),
      ]),
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { ...response, usage } },
    )
    const host = hostOf({ body })
    const model = createOpenAiResponses({ model: 'm', apiKey: 'k', host })
    const { message: told, toolCalls } = await generate(model, hello)
    const results: ModelMessage = {
      role: 'tool',
      content: toolCalls.map(({ toolCallId, name }) => ({ type: 'tool-result', toolCallId, name, parts: [] })),
    }
    await generate(model, { messages: [...hello.messages, JSON.parse(JSON.stringify(told)) as ModelMessage, results] })
    const { input } = JSON.parse(host.bodies[1] as string) as { input: JsonObject[] }
    const client = new OpenAI({
      apiKey: 'k',
      fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    })
    const { output } = await client.responses.stream({ model: 'm', input: 'Hello' }).finalResponse()
    const theirs = JSON.parse(JSON.stringify(output[0])) as JsonObject
    const own = Object.fromEntries(fields.map((field) => [field, theirs[field]]))
    if (theirs['type'] === 'message') {
      const [{ text, annotations }] = theirs['content'] as [JsonObject]
      const cited = (annotations as JsonObject[]).length > 0 && { annotations }
      expect(input[1]).toEqual({ role: 'assistant', content: [{ type: 'output_text', text, ...cited }], ...own })
    } else {
      expect(input[1]).toEqual({ type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}', ...own })
      const { namespace: _, ...caller } = own
      expect(input[2]).toEqual({ type: 'function_call_output', call_id: 'call_1', output: 'Done.', ...caller })
    }
  })

  it('but not where citations count the characters of one part of several', async () => {
    const item = message([part('One.', [citation]), part('Two.', [citation])], { phase: 'commentary' })
    const response = { id: 'r', status: 'completed', output: [item], usage: { input_tokens: 1, output_tokens: 1 } }
    const host = hostOf({ body: JSON.stringify(response), headers: { 'content-type': 'application/json' } })
    const model = createOpenAiResponses({ model: 'm', apiKey: 'k', host })
    const { message: told } = await generate(model, hello)
    await generate(model, { messages: [told] })
    const { input } = JSON.parse(host.bodies[1] as string) as { input: JsonObject[] }
    const content = [{ type: 'output_text', text: 'One.Two.' }]
    expect(input).toEqual([{ role: 'assistant', content, phase: 'commentary' }])
  })
})
