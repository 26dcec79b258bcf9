import { conversationSuite, keyValueSuite, registerCases, runStoreSuite } from '@pf-agents/testing'
import { describe, test } from 'vitest'
import { FakeHost } from '../test/fake-host'
import { type BucketStores, createBucketStores } from './stores'

/** Two instances over one new store: the second is the peer of the races. */
function twoInstances(hidesLostSwaps: boolean): { first: BucketStores; second: BucketStores } {
  const host = new FakeHost()
  host.hidesLostSwaps = hidesLostSwaps
  host.handles = 100_000
  const [first, second] = ['first', 'second'].map((owner) =>
    createBucketStores(() => host.instance(owner), { keepMessages: 120 }),
  )
  return { first, second } as { first: BucketStores; second: BucketStores }
}

for (const hidesLostSwaps of [false, true]) {
  describe(`drivers over a bucket${hidesLostSwaps ? ' that hides lost swaps' : ''}`, () => {
    describe('RunStore', () =>
      registerCases(test, runStoreSuite, () => {
        const { first, second } = twoInstances(hidesLostSwaps)
        return { ...first, peer: second.runStore }
      }))
    describe('KeyValue', () =>
      registerCases(test, keyValueSuite, () => {
        const { first, second } = twoInstances(hidesLostSwaps)
        return { ...first, peer: second.keyValue }
      }))
    describe('Conversation', () =>
      registerCases(test, conversationSuite, () => {
        const { first, second } = twoInstances(hidesLostSwaps)
        return { ...first, peer: second.conversation }
      }))
  })
}
