import type { JsonObject, ModelMessage } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hello, hostOf, sse } from '../../test/harness'
import { generate } from '../reply/generate'
import { createCompatibleModel } from './compatible'
import { openRouter } from './servers'

const claude = { type: 'reasoning.text', format: 'anthropic-claude-v1' }
const openAi = { format: 'openai-responses-v1' }
const called = {
  choices: [{ delta: { tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] }, finish_reason: 'stop' }],
}
const thought = (...details: JsonObject[]): object => ({
  choices: [{ delta: { reasoning: details[0]?.['text'] ?? null, reasoning_details: details } }],
})
const result: ModelMessage = {
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: 'c', name: 'f', parts: [] }],
}

/** What of an answer goes back as `reasoning_details`. */
async function replayed(message: ModelMessage): Promise<unknown> {
  const host = hostOf({ body: sse(called) })
  const model = createCompatibleModel({ server: openRouter, model: 'm', host })
  await generate(model, { messages: [...hello.messages, JSON.parse(JSON.stringify(message)) as ModelMessage, result] })
  return (JSON.parse(host.bodies[0] as string) as { messages: JsonObject[] }).messages[1]?.['reasoning_details']
}

async function answer(...chunks: object[]): Promise<ModelMessage> {
  const model = createCompatibleModel({
    server: openRouter,
    model: 'm',
    host: hostOf({ body: sse(...chunks, called) }, 5),
  })
  return (await generate(model, hello)).message
}

const cases: [string, object[], JsonObject[]][] = [
  [
    'a thought of Claude in pieces, its signature last',
    [
      thought({ ...claude, text: 'Let ', index: 0 }),
      thought({ ...claude, text: 'me think.', index: 0, signature: null }),
      thought({ ...claude, signature: 'SIG', index: 0 }),
    ],
    [{ ...claude, text: 'Let me think.', index: 0, signature: 'SIG' }],
  ],
  [
    'two thoughts, told apart by their index, in pieces that alternate',
    [
      thought({ ...claude, text: 'a', index: 0 }, { ...claude, text: 'x', index: 1 }),
      thought({ ...claude, text: 'y', index: 1 }, { ...claude, text: 'b', index: 0, signature: 'S0' }),
      thought({ ...claude, signature: 'S1', index: 1 }),
    ],
    [
      { ...claude, text: 'ab', index: 0, signature: 'S0' },
      { ...claude, text: 'xy', index: 1, signature: 'S1' },
    ],
  ],
  [
    'summaries of OpenAI around what is encrypted, which is whole',
    [
      thought({ ...openAi, type: 'reasoning.summary', summary: 'One', index: 0 }),
      thought({ ...openAi, type: 'reasoning.summary', summary: ' two.', index: 0 }),
      thought({ ...openAi, type: 'reasoning.encrypted', id: 'rs_1', data: 'e1', index: 1 }),
      thought({ ...openAi, type: 'reasoning.encrypted', id: 'rs_2', data: 'e2', index: 1 }),
      thought({ ...openAi, type: 'reasoning.summary', summary: 'Three.', index: 2 }),
    ],
    [
      { ...openAi, type: 'reasoning.summary', summary: 'One two.', index: 0 },
      { ...openAi, type: 'reasoning.encrypted', id: 'rs_1', data: 'e1', index: 1 },
      { ...openAi, type: 'reasoning.encrypted', id: 'rs_2', data: 'e2', index: 1 },
      { ...openAi, type: 'reasoning.summary', summary: 'Three.', index: 2 },
    ],
  ],
  [
    'pieces without an index, one thought behind the other',
    [
      thought({ ...claude, text: 'a' }),
      thought({ ...claude, text: 'b', signature: 'S1' }),
      thought({ ...claude, text: 'c' }),
      thought({ ...claude, text: 'd' }),
    ],
    [
      { ...claude, text: 'ab', signature: 'S1' },
      { ...claude, text: 'cd' },
    ],
  ],
  [
    'a signature that comes behind text',
    [
      thought({ ...claude, text: 'a', index: 0 }),
      { choices: [{ delta: { content: 'Hi' } }] },
      thought({ ...claude, signature: 'S', index: 0 }),
    ],
    [{ ...claude, text: 'a', index: 0, signature: 'S' }],
  ],
]

describe('structured thoughts of OpenRouter go back as whole entries', () => {
  it.each(cases)('%s', async (_, chunks, expected) => {
    expect(await replayed(await answer(...chunks))).toEqual(expected)
  })

  it('also those that an older version stored in pieces', async () => {
    const stored = [
      { ...claude, text: 'a', index: 0 },
      { ...claude, text: 'b', index: 0 },
      { ...claude, signature: 'S', index: 0 },
    ]
    const message: ModelMessage = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'ab', providerData: { openrouter: { reasoning_details: stored } } },
        { type: 'tool-call', toolCallId: 'c', name: 'f', arguments: '{}' },
      ],
    }
    expect(await replayed(message)).toEqual([{ ...claude, text: 'ab', index: 0, signature: 'S' }])
  })
})

it('details of no known form are kept as they are', async () => {
  const odd = [{ type: { toString: 1 }, text: 'a' }, { text: 'b' }, { type: 7 }] as JsonObject[]
  expect(await replayed(await answer(...odd.map((detail) => thought(detail))))).toEqual(odd)
})
