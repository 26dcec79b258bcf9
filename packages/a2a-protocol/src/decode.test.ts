import { describe, expect, it } from 'vitest'
import { decodeRequest } from './decode'
import { isA2AError } from './error/a2a-error'

const message = { messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: 'Plan a trip' }] }

function violationsOf(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (isA2AError(error, 'InvalidParamsError')) return error.violations
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('decodeRequest', () => {
  it('reads a message into the neutral model (§3.2.1)', () => {
    expect(
      decodeRequest('SendMessage', {
        message,
        configuration: { acceptedOutputModes: ['text/plain'], historyLength: '5', returnImmediately: false },
      }),
    ).toEqual({
      message: { messageId: 'm-1', role: 'user', parts: [{ text: 'Plan a trip' }] },
      configuration: { acceptedOutputModes: ['text/plain'], historyLength: 5 },
    })
  })

  it('lists every wrong field with its path (§9.5)', () => {
    expect(
      violationsOf(() =>
        decodeRequest('SendMessage', { message: { role: 'ROLE_UNSPECIFIED', parts: [{ text: 1 }, {}] }, metadata: [] }),
      ),
    ).toEqual([
      { field: 'message.messageId', description: 'is required' },
      { field: 'message.role', description: 'is not a member of its enum' },
      { field: 'message.parts[0].text', description: 'must be a string' },
      { field: 'message.parts[1]', description: 'must have exactly one of text, raw, url, data' },
      { field: 'metadata', description: 'must be an object' },
    ])
  })
})
