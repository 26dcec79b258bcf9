import {
  type Clock,
  type ContextTurns,
  createContextTurns,
  type Conversation,
  type KeyValue,
  type Random,
  type RunStore,
  systemClock,
  systemRandom,
} from '@pf-agents/agent-core'
import { ContextIndex } from './context-index'
import { createBucketTurns } from './context-turns'
import { BucketConversation } from './conversation'
import type { BucketSource } from './host-bucket'
import { KeyPaths } from './key-path'
import { createBucketKeyValue } from './key-value'
import { createBucketRunStore } from './run-store'
import { StampedBucket } from './stamped-bucket'
import { TaskIndex } from './task-index'
import { TaskTable } from './task-table'

/** The storage ports over one bucket. */
export interface BucketStores {
  runStore: RunStore
  keyValue: KeyValue
  conversation: Conversation
  contextTurns: ContextTurns
}

/** Options of {@link createBucketStores}. */
export interface BucketStoresOptions {
  /** Keeps apps apart that share a store. Default none. */
  namespace?: string
  /** Tasks kept, of all principals: beyond that, those that are over go, oldest first. Default 1,000. */
  keepTasks?: number
  /** Messages kept of each context. Default 100. */
  keepMessages?: number
  /** Contexts kept, of all principals: beyond that, the one used longest ago goes. Default 1,000. */
  keepContexts?: number
  random?: Pick<Random, 'id'>
  clock?: Pick<Clock, 'now'>
}

/** Makes the drivers over a bucket. Touches neither host nor clock nor randomness until they are used. */
export function createBucketStores(source: BucketSource, options: BucketStoresOptions = {}): BucketStores {
  const {
    namespace = '',
    keepTasks = 1_000,
    keepMessages = 100,
    keepContexts = 1_000,
    random = systemRandom,
    clock = systemClock,
  } = options
  // 48 random bits tell any two writes of one key apart.
  const newNonce = (): string => random.id().replaceAll('-', '').slice(0, 12)
  const now = (): number => clock.now()
  const bucket = new StampedBucket(source, newNonce)
  const paths = new KeyPaths(namespace)
  const tasks = new TaskTable(bucket, paths)
  const conversation = new BucketConversation({
    bucket,
    paths,
    tasks,
    index: new ContextIndex(bucket, paths, keepContexts),
    now,
    keepMessages,
  })
  const index = new TaskIndex({
    bucket,
    paths,
    tasks,
    now,
    keepTasks,
    onRest: (entry, { spoken }) => {
      if (spoken !== undefined) conversation.confirm(entry, entry.contextId, spoken)
    },
  })
  return {
    runStore: createBucketRunStore({ tasks, index, conversation, paths, newNonce }),
    keyValue: createBucketKeyValue(bucket, paths),
    conversation,
    contextTurns: createContextTurns(createBucketTurns(bucket, paths, newNonce)),
  }
}
