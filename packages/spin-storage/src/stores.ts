import {
  type Clock,
  consoleLogger,
  type ContextTurns,
  createContextTurns,
  type Conversation,
  type KeyValue,
  type Logger,
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
  /**
   * Bytes that one task may take, with what its run remembers, or one message of a conversation. Default 2,500,000, which is
   * what 64 MB of memory can read and answer with.
   */
  taskBytes?: number
  /** Bytes that the messages of a context may take together; the newest one is kept whatever it takes. Default 1,000,000. */
  contextBytes?: number
  /** Bytes that the tasks of one page of a list may take together; a page has one at least. Default 3,000,000. */
  pageBytes?: number
  random?: Pick<Random, 'id'>
  clock?: Pick<Clock, 'now'>
  logger?: Logger
}

/** Makes the drivers over a bucket. Touches neither host nor clock nor randomness until they are used. */
export function createBucketStores(source: BucketSource, options: BucketStoresOptions = {}): BucketStores {
  const {
    namespace = '',
    keepTasks = 1_000,
    keepMessages = 100,
    keepContexts = 1_000,
    taskBytes = 2_500_000,
    contextBytes = 1_000_000,
    pageBytes = 3_000_000,
    random = systemRandom,
    clock = systemClock,
    logger = consoleLogger,
  } = options
  // 48 random bits tell any two writes of one key apart.
  const newNonce = (): string => random.id().replaceAll('-', '').slice(0, 12)
  const now = (): number => clock.now()
  const bucket = new StampedBucket(source, newNonce)
  const paths = new KeyPaths(namespace)
  const onLost = (path: string): void =>
    logger.log('error', 'What is stored under a key can not be read: its task is left out, as if it were not there.', {
      key: path,
    })
  const tasks = new TaskTable({ bucket, paths, onLost })
  const conversation = new BucketConversation({
    bucket,
    paths,
    tasks,
    index: new ContextIndex(bucket, paths, keepContexts),
    now,
    keepMessages,
    contextBytes,
    taskBytes,
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
    runStore: createBucketRunStore({ tasks, index, conversation, paths, newNonce, taskBytes, pageBytes }),
    keyValue: createBucketKeyValue(bucket, paths),
    conversation,
    contextTurns: createContextTurns(createBucketTurns(bucket, paths, newNonce)),
  }
}
