// What a server answers with 200 that is no answer of the interface: most often another server. It is neither asked again
// nor told as out of reach, and no status is told that it did not have.
import type { LanguageModel } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { hostOf, read } from '../../test/harness'
import { createAnthropic } from '../anthropic'
import { createGemini } from '../gemini'
import type { ModelOptions } from '../model/model-options'
import { createOpenAiChat, createOpenAiResponses } from '../openai'

const wires: Record<string, (options: Omit<ModelOptions, 'model'>) => LanguageModel> = {
  chat: (options) => createOpenAiChat({ model: 'm', ...options }),
  responses: (options) => createOpenAiResponses({ model: 'm', ...options }),
  anthropic: (options) => createAnthropic({ model: 'm', ...options }),
  gemini: (options) => createGemini({ model: 'm', ...options }),
}
const backoff = { baseMs: 1, maxMs: 1 }

describe.each(Object.entries(wires))('%s', (_, make) => {
  it.each([
    '{"ok":true}',
    'null',
    '[]',
    '5',
    '"Hello"',
    '{}',
    '[{}]',
    '{"message":"Hi"}',
    '{"detail":"Hi"}',
    '{"error":null}',
  ])('%s', async (body) => {
    for (const type of ['application/json', 'text/event-stream', 'text/plain']) {
      const host = hostOf({ body, headers: { 'content-type': type } })
      const { parts, error } = await read(make({ host, backoff }))
      expect(error).toMatchObject({
        code: 'PF_MODEL_RESPONSE_INVALID',
        retryable: false,
        httpStatus: 200,
        providerMessage: body,
      })
      expect([parts, host.bodies.length]).toEqual([[], 1])
    }
  })

  it('an error in the place of an answer is that error', async () => {
    for (const [error, code, asked] of [
      [{ message: 'Slow down', code: 429, type: 'rate_limit_error' }, 'PF_MODEL_RATE_LIMITED', 3],
      ['Something', 'PF_MODEL_UNAVAILABLE', 3],
      [{ message: 'No', code: 'invalid_api_key', type: 'authentication_error' }, 'PF_MODEL_AUTH', 1],
    ] as const) {
      const host = hostOf({ body: JSON.stringify({ error }), headers: { 'content-type': 'application/json' } })
      const { error: thrown } = await read(make({ host, backoff }))
      expect(thrown).toMatchObject({ code })
      expect(host.bodies).toHaveLength(asked)
    }
  })
})
