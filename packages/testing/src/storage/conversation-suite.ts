import type { Message, Scope } from '@pf-agents/agent-core'
import { same, scramble } from './assert'
import { oddTexts } from './random-events'
import { alice, bob, message } from './samples'
import { type ConversationDriver, type StorageCase, storageCase } from './storage-case'

const idsOf = (messages: readonly Message[]): string[] => messages.map(({ messageId }) => messageId)

/**
 * What every `Conversation` driver must do: order, the newest of many, isolation, races, odd ids, careless callers.
 * A driver may keep no more than the newest 100 messages of a context.
 */
export const conversationSuite: readonly StorageCase<ConversationDriver>[] = [
  storageCase('messages are read oldest first, in the order they were added', async ({ conversation }) => {
    same(await conversation.read(alice, 'c'), [], 'before')
    await conversation.append(alice, 'c', [message('m-1'), message('m-2', 'two', 'agent')])
    await conversation.append(alice, 'c', [])
    await conversation.append(alice, 'c', [message('m-3')])
    same(
      await conversation.read(alice, 'c'),
      [message('m-1'), message('m-2', 'two', 'agent'), message('m-3')],
      'messages',
    )
  }),

  storageCase(
    'a limit gives the newest, oldest first; 100 where nothing else is asked for',
    async ({ conversation }) => {
      for (let index = 0; index < 60; index++)
        await conversation.append(alice, 'c', [message(`a-${index}`), message(`b-${index}`)])
      const all = Array.from({ length: 60 }, (_, index) => [`a-${index}`, `b-${index}`]).flat()
      same(idsOf(await conversation.read(alice, 'c')), all.slice(-100), 'default')
      for (const limit of [1, 2, 3, 50])
        same(idsOf(await conversation.read(alice, 'c', { limit })), all.slice(-limit), `limit ${limit}`)
      same(await conversation.read(alice, 'c', { limit: 0 }), [], 'limit 0')
    },
  ),

  storageCase('contexts and scopes are kept apart', async ({ conversation }) => {
    const scopes: Scope[] = [
      alice,
      bob,
      { tenant: 'alice', principalId: '' },
      { tenant: '', principalId: 'alice/c' },
      { tenant: 'a', principalId: 'lice' },
    ]
    for (const [index, scope] of scopes.entries()) {
      await conversation.append(scope, 'c', [message(`c-${index}`)])
      await conversation.append(scope, 'c/d', [message(`d-${index}`)])
    }
    for (const [index, scope] of scopes.entries()) {
      same(idsOf(await conversation.read(scope, 'c')), [`c-${index}`], 'context c')
      same(idsOf(await conversation.read(scope, 'c/d')), [`d-${index}`], 'context c/d')
    }
    same(await conversation.read(alice, 'C'), [], 'another context')
  }),

  storageCase(
    'messages that are added at once all arrive, each batch together',
    async ({ conversation, peer = conversation }) => {
      const batches = Array.from({ length: 20 }, (_, index) => [message(`${index}-a`), message(`${index}-b`)])
      await Promise.all(
        batches.map(async (batch, index) => await (index % 2 === 0 ? conversation : peer).append(alice, 'c', batch)),
      )
      const read = idsOf(await peer.read(alice, 'c'))
      same(read.toSorted(), idsOf(batches.flat()).toSorted(), 'messages')
      for (let index = 0; index < read.length; index += 2)
        same(read[index + 1], read[index]?.replace('-a', '-b'), 'a batch stands together')
    },
  ),

  storageCase('odd ids and odd content are kept', async ({ conversation }) => {
    for (const [index, odd] of oddTexts.entries()) {
      await conversation.append({ tenant: odd, principalId: odd }, odd, [
        { messageId: odd, role: 'user', parts: [{ text: odd }, { data: { [`k${odd}`]: index } }] },
      ])
    }
    for (const [index, odd] of oddTexts.entries()) {
      const expected = [{ messageId: odd, role: 'user', parts: [{ text: odd }, { data: { [`k${odd}`]: index } }] }]
      same(await conversation.read({ tenant: odd, principalId: odd }, odd), expected, `context ${JSON.stringify(odd)}`)
    }
    await conversation.append(alice, 'big', [message('big', 'x'.repeat(500_000))])
    same((await conversation.read(alice, 'big'))[0]?.parts, [{ text: 'x'.repeat(500_000) }], 'big')
  }),

  storageCase('what a caller changes does not reach the store', async ({ conversation }) => {
    const given = [{ ...message('m-1'), metadata: { a: { b: 1 } } }]
    const copy = structuredClone(given)
    const answer = conversation.append(alice, 'c', given)
    scramble(given)
    await answer
    same(await conversation.read(alice, 'c'), copy, 'passed in')
    scramble(await conversation.read(alice, 'c'))
    same(await conversation.read(alice, 'c'), copy, 'got back')
  }),
]
