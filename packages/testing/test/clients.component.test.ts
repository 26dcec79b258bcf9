// The clients inside the real component: what they read there is what they read on Node.
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import type { JsonObject } from '@pf-agents/agent-core'
import { startComponent, type StartedComponent } from '../src/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeScript, FakeTurn } from '@pf-agents/llm-engine/testing'
import { serveFake } from '../../llm-engine/test/serve-fake'

let component: StartedComponent
beforeAll(async () => {
  component = await startComponent(new URL('apps/clients.spin.ts', import.meta.url).pathname, {
    workers: 1,
    world: 'wasi-http',
    outbound: ['http://127.0.0.1:*'],
  })
}, 180_000)
afterAll(() => component?.close())

async function tell(data: JsonObject): Promise<Record<string, unknown>> {
  const answer = await createA2AClient({ url: component.url }).sendMessage({
    message: { ...userMessage(''), parts: [{ data }] },
  })
  const parts = 'message' in answer ? answer.message.parts : answer.task.artifacts?.[0]?.parts
  return (parts?.[0]?.data ?? answer) as Record<string, unknown>
}

async function asked(what: string, wire: string, script: FakeScript) {
  const provider = await serveFake(script)
  try {
    const result = await tell({ do: what, wire, url: provider.url })
    return { result, requests: provider.requests }
  } finally {
    await provider.close()
  }
}

const whole: FakeTurn = {
  reasoning: 'Hm 😀.',
  text: 'Grüße 😀é!',
  toolCalls: [
    { id: 'c1', name: 'sum', arguments: { a: 1, b: 'ü"\\' } },
    { id: 'c2', name: 'now' },
  ],
  deltaLength: 1,
}

describe.each(['chat', 'responses', 'anthropic', 'gemini'])('%s in the component', (wire) => {
  it('reads text, thoughts, parallel calls and usage', async () => {
    const { result, requests } = await asked('ask', wire, [whole])
    expect(result).toMatchObject({
      finish: { reason: 'tool-calls', complete: true },
      usage: { inputTokens: 10, outputTokens: 5 },
      message: {
        content: [
          { type: 'reasoning', text: 'Hm 😀.' },
          { type: 'text', text: 'Grüße 😀é!' },
          { type: 'tool-call', name: 'sum', arguments: '{"a":1,"b":"ü\\"\\\\"}' },
          { type: 'tool-call', name: 'now', arguments: '{}' },
        ],
      },
    })
    expect(JSON.stringify([...(requests[0]?.headers ?? [])])).toContain('key-of-the-guest')
  })

  it('asks again after 429 and 529, and tells of both', async () => {
    const { result, requests } = await asked('ask', wire, [
      { status: 429, headers: { 'retry-after-ms': '1' } },
      { text: 'At last.' },
    ])
    expect(result['types']).toEqual(expect.arrayContaining(['retry', 'response-start', 'finish']))
    expect(requests).toHaveLength(2)
    const over = await asked('ask', wire, () => ({ status: 529, headers: { 'retry-after-ms': '1' } }))
    expect(over.result).toMatchObject({ code: 'PF_MODEL_OVERLOADED', types: ['retry'] })
  })

  it.each([
    ['end', 'PF_MODEL_UNAVAILABLE'],
    ['error', expect.stringMatching(/OVERLOADED|UNAVAILABLE/)],
    ['garbage', 'PF_MODEL_RESPONSE_INVALID'],
    ['stall', 'PF_MODEL_TIMEOUT'],
  ] as [NonNullable<FakeTurn['fault']>['kind'], string][])(
    '%s in the middle is an error, and no hang',
    async (kind, because) => {
      const { result } = await asked('ask', wire, [
        { text: 'A text of some length.', deltaLength: 2, fault: { after: 8, kind } },
      ])
      expect(result).toMatchObject({ code: 'PF_MODEL_INTERRUPTED' })
      expect(result['text']).toMatch(/^A te/)
      expect(result['because']).toEqual(because)
    },
  )

  it('takes the key nowhere else: a redirect is an error', async () => {
    const { result, requests } = await asked('ask', wire, [
      { status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } },
    ])
    expect(result).toMatchObject({ code: 'PF_MODEL_RESPONSE_INVALID', types: [] })
    expect(requests).toHaveLength(1)
  })

  it('can be left, and aborted, in the middle', async () => {
    const stall: FakeTurn = { text: 'A text of some length.', deltaLength: 2, fault: { after: 8, kind: 'stall' } }
    const left = await asked('leave', wire, [stall])
    expect(left.result).toMatchObject({ finish: { reason: 'interrupted' } })
    const aborted = await asked('abort', wire, [stall])
    expect(aborted.result).toMatchObject({ code: 'enough' })
  })
})

it('the mock model works in the component', async () => {
  expect(await tell({ do: 'mock', wire: '', url: '' })).toMatchObject({
    finish: { reason: 'tool-calls' },
    message: {
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'tool-call', name: 'sum' },
      ],
    },
  })
})

it('HTTP is recorded and replayed in the component, without the key', async () => {
  const { result, requests } = await asked('tape', 'anthropic', [whole])
  expect(requests).toHaveLength(1)
  expect(result['played']).toEqual(result['real'])
  expect(result['real']).toMatchObject({ finish: { reason: 'tool-calls' } })
  expect(result['hasKey']).toBe(false)
})
