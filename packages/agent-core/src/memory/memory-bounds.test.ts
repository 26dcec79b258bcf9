import { describe, expect, test } from 'vitest'
import type { Message } from '../model/message'
import { createMemoryConversation } from './memory-conversation'
import { createMemoryKeyValue } from './memory-key-value'

const alice = { tenant: '', principalId: 'alice' }
const message = (messageId: string, text = messageId): Message => ({ messageId, role: 'user', parts: [{ text }] })

describe('bounds of the memory conversation', () => {
  test('a context keeps its newest messages', () => {
    const conversation = createMemoryConversation({ maxMessages: 10 })
    for (let n = 0; n < 100; n++) {
      conversation.append(alice, 'c', [message(`m-${n}`)])
      const read = conversation.read(alice, 'c')
      expect(read.length).toBe(Math.min(10, n + 1))
      expect(read.at(-1)?.messageId).toBe(`m-${n}`)
    }
  })

  test('messages that came together are counted, weighed and dropped one by one', () => {
    const together = (n: number, text?: string) => [0, 1, 2].map((at) => message(`m-${3 * n + at}`, text))
    const counted = createMemoryConversation({ maxMessages: 10 })
    const weighed = createMemoryConversation({ maxBytes: 50_000 })
    for (let n = 0; n < 50; n++) {
      counted.append(alice, 'c', together(n))
      const read = counted.read(alice, 'c').map((one) => one.messageId)
      const count = Math.min(10, 3 * n + 3)
      expect(read).toEqual(Array.from({ length: count }, (_, at) => `m-${3 * n + 3 - count + at}`))
      weighed.append(alice, 'c', together(n, 'x'.repeat(5_000)))
    }
    expect(counted.read(alice, 'c', { limit: 2 }).map((one) => one.messageId)).toEqual(['m-148', 'm-149'])
    // Nine of about 5,070 bytes fit, whichever lists they came in, and nothing of the dropped ones is counted on.
    expect(weighed.read(alice, 'c').map((one) => one.messageId)).toEqual(
      Array.from({ length: 9 }, (_, at) => `m-${141 + at}`),
    )
    weighed.append(alice, 'c', [])
    expect(weighed.read(alice, 'c').length).toBe(9)
  })

  test('the context used longest ago goes first', () => {
    const conversation = createMemoryConversation({ maxContexts: 3 })
    for (const context of ['a', 'b', 'c']) conversation.append(alice, context, [message(context)])
    conversation.read(alice, 'a')
    conversation.append(alice, 'd', [message('d')])
    expect(['a', 'b', 'c', 'd'].map((context) => conversation.read(alice, context).length)).toEqual([1, 0, 1, 1])
  })

  test('all contexts together, and a single one, stay within the bytes', () => {
    const conversation = createMemoryConversation({ maxBytes: 50_000 })
    for (let n = 0; n < 100; n++) conversation.append(alice, `c-${n}`, [message('m', 'x'.repeat(5_000))])
    const kept = Array.from({ length: 100 }, (_, n) => conversation.read(alice, `c-${n}`).length).reduce(
      (a, b) => a + b,
    )
    expect(kept).toBeGreaterThanOrEqual(7)
    expect(kept).toBeLessThanOrEqual(10)
    for (let n = 0; n < 100; n++) conversation.append(alice, 'one', [message(`m-${n}`, 'x'.repeat(5_000))])
    const one = conversation.read(alice, 'one')
    expect(one.length).toBeGreaterThanOrEqual(7)
    expect(one.length).toBeLessThanOrEqual(10)
    expect(one.at(-1)?.messageId).toBe('m-99')
  })
})

describe('bounds of the memory key-value', () => {
  test('the key used longest ago goes first', () => {
    const keyValue = createMemoryKeyValue({ maxKeys: 3 })
    for (const key of ['a', 'b', 'c']) keyValue.set(key, key)
    keyValue.get('a')
    keyValue.set('b', 'again')
    keyValue.set('d', 'd')
    expect(keyValue.keys('')).toEqual(['a', 'b', 'd'])
    expect(keyValue.compareAndSet('c', '3', 1)).toBe(false)
  })

  test('all values together stay within the bytes, and one that never fits is refused', () => {
    const keyValue = createMemoryKeyValue({ maxBytes: 50_000 })
    for (let n = 0; n < 100; n++) keyValue.set(`key-${n}`, 'x'.repeat(5_000))
    expect(keyValue.keys('').length).toBeGreaterThanOrEqual(7)
    expect(keyValue.keys('').length).toBeLessThanOrEqual(9)
    keyValue.set('key-99', 'short')
    expect(() => keyValue.set('big', 'x'.repeat(60_000))).toThrow(expect.objectContaining({ code: 'PF_STORE_FULL' }))
    expect(keyValue.get('key-99')?.value).toBe('short')
  })
})
