import type { Conversation, KeyValue, Random, RunStore } from '@pf-agents/agent-core'
import { createBucketConversation } from './conversation'
import type { BucketSource } from './host-bucket'
import { createBucketKeyValue } from './key-value'
import { createBucketRunStore } from './run-store'

/** The storage ports over one bucket. */
export interface BucketStores {
  runStore: RunStore
  keyValue: KeyValue
  conversation: Conversation
}

export function createBucketStores(
  bucket: BucketSource,
  {
    random,
    keepTasks = 1000,
    keepMessages = 100,
  }: { random: Pick<Random, 'id'>; keepTasks?: number; keepMessages?: number },
): BucketStores {
  const conversation = createBucketConversation(bucket, keepMessages)
  return {
    runStore: createBucketRunStore({ bucket, conversation, random, keepTasks }),
    keyValue: createBucketKeyValue(bucket, random),
    conversation,
  }
}
