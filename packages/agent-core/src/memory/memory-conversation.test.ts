import { expect, test } from 'vitest'
import type { Message } from '../model/message'
import type { Scope } from '../port/scope'
import { createMemoryConversation } from './memory-conversation'

/** A small generator with a seed, so that a failure can be run again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const message = (messageId: string): Message => ({ messageId, role: 'user', parts: [{ text: messageId }] })

test('agrees with a plain map through 30,000 random appends and reads of several principals', () => {
  const random = randomOf(11)
  const maxContexts = 70
  const conversation = createMemoryConversation({ maxContexts })
  // A Map keeps the order of its keys: what is put in again is the newest.
  const model = new Map<string, string[]>()
  for (let step = 0; step < 30_000; step++) {
    const scope: Scope = { tenant: `t${random(2)}`, principalId: `p${random(4)}` }
    const contextId = `c${random(12)}`
    const key = `${scope.tenant} ${scope.principalId} ${contextId}`
    const known = model.get(key)
    if (random(3) === 0) {
      const limit = 1 + random(6)
      const read = conversation.read(scope, contextId, { limit }).map((one) => one.messageId)
      expect(read).toEqual((known ?? []).slice(-limit))
    } else {
      const ids = Array.from({ length: 1 + random(3) }, (_, index) => `m${step}-${index}`)
      conversation.append(scope, contextId, ids.map(message))
      model.set(key, [...(known ?? []), ...ids])
    }
    const now = model.get(key)
    if (now === undefined) continue
    model.delete(key)
    model.set(key, now)
    if (model.size > maxContexts) model.delete(model.keys().next().value as string)
  }
  expect(model.size).toBe(maxContexts)
})

test('the last context of a principal that makes room for the next one takes nothing with it', () => {
  const conversation = createMemoryConversation({ maxContexts: 1 })
  const scope: Scope = { tenant: '', principalId: 'p' }
  for (const contextId of ['a', 'b', 'c']) {
    conversation.append(scope, contextId, [message(contextId)])
    expect(conversation.read(scope, contextId)).toEqual([message(contextId)])
  }
  expect(conversation.read(scope, 'b')).toEqual([])
})
