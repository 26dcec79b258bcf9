import { describe, expect, it } from 'vitest'
import { loopHarness, messagesOf, texts } from '../../test/loop-harness'

describe('an agent with a model', () => {
  it('answers with what the model says, as it says it', async () => {
    const test = loopHarness([{ text: 'Hello there, you.' }], { instructions: 'Be kind.' })
    const task = await test.send('Hi')
    expect(task.task.status.state).toBe('completed')
    expect(texts(task)).toEqual(['Hello there, you.'])
    expect(messagesOf(test, 0)).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ])
    expect(test.events.map(({ type }) => type)).toEqual([
      'message',
      'status',
      'step-start',
      'text-start',
      'text-delta',
      'text-delta',
      'text-delta',
      'text-end',
      'usage',
      'step-end',
      'status',
    ])
  })
})
