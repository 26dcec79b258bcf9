import type { Conversation, Message, Scope } from '@pf-agents/agent-core'
import { tooLarge } from './commit-attempt'
import type { ContextIndex } from './context-index'
import type { KeyPaths } from './key-path'
import type { StampedBucket } from './stamped-bucket'
import type { TaskTable } from './task-table'

/** How old the time of last use may be before it is written again, in milliseconds. */
const touchEvery = 300_000

/** The commit that messages belong to: they count once the task's record says that it was made. */
export interface SpokenBy {
  /** Name of the task. */
  name: string
  /** Nonce of the commit. */
  nonce: string
}

/** What the conversation is made of. */
export interface ConversationParts {
  bucket: StampedBucket
  paths: KeyPaths
  tasks: TaskTable
  index: ContextIndex
  now: () => number
  keepMessages: number
  /** Bytes kept of a context, or the newest message alone. */
  contextBytes: number
  /** Bytes that one message may take. */
  taskBytes: number
}

/**
 * The newest messages of each context, one value per context: the time of its last use, then a line per message.
 * A message of a commit is written before the task's record and marked with the commit: `?nonce name json`. The mark goes
 * when the run rests. A reader asks the record about messages that are still marked, so that a conversation has the
 * messages of a commit or, where its instance died in between, none of them.
 */
export class BucketConversation implements Conversation {
  private readonly parts: ConversationParts

  constructor(parts: ConversationParts) {
    this.parts = parts
  }

  append(scope: Scope, contextId: string, messages: readonly Message[]): void {
    this.add(scope, contextId, messages)
  }

  /** Adds messages; those of a commit marked. `confirmed` is the nonce of a commit that is known to be made. */
  add(scope: Scope, contextId: string, messages: readonly Message[], by?: SpokenBy, confirmed?: string): void {
    if (messages.length === 0) return
    const { bucket, paths, index, taskBytes } = this.parts
    const path = paths.context(scope, contextId)
    const now = this.parts.now()
    const mark = by === undefined ? '' : `?${by.nonce} ${by.name} `
    const added = messages.map((message) => mark + JSON.stringify(message))
    for (const { length } of added) if (length > taskBytes) throw tooLarge('A message', length, taskBytes)
    let isListed = false
    bucket.update(path, (current) => {
      const [usedAt = String(now), ...lines] = current?.text.split('\n') ?? []
      const isFresh = current !== undefined && now - Number(usedAt) < touchEvery
      if (!isFresh && !isListed) {
        index.touch(path, now)
        isListed = true
      }
      const known = confirmed === undefined ? lines : lines.map((line) => unmarked(line, confirmed))
      return {
        text: [isFresh ? usedAt : String(now), ...this.newest([...known, ...added])].join('\n'),
        result: undefined,
      }
    })
  }

  /** Takes the mark of a commit off: it was made. */
  confirm(scope: Scope, contextId: string, nonce: string): void {
    this.change(scope, contextId, nonce, (lines) => lines.map((line) => unmarked(line, nonce)))
  }

  /** Takes the messages of a commit back: it was not made. */
  retract(scope: Scope, contextId: string, nonce: string): void {
    this.change(scope, contextId, nonce, (lines) => lines.filter((line) => !isMarked(line, nonce)))
  }

  read(scope: Scope, contextId: string, { limit = 100 }: { limit?: number } = {}): Message[] {
    if (limit <= 0) return []
    const { bucket, paths, tasks } = this.parts
    const [, ...lines] = bucket.read(paths.context(scope, contextId))?.text.split('\n') ?? []
    const spoken = new Map<string, string | undefined>()
    const counts = (line: string): boolean => {
      if (!line.startsWith('?')) return true
      const [nonce = '', name = ''] = line.slice(1).split(' ', 2)
      if (!spoken.has(name)) spoken.set(name, tasks.head(name)?.spoken)
      return spoken.get(name) === nonce
    }
    const texts = lines.filter(counts).slice(-limit)
    return texts.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Message)
  }

  /** As many as are kept, and as fit into the memory of whoever reads them: the newest one always. */
  private newest(lines: readonly string[]): string[] {
    const { keepMessages, contextBytes } = this.parts
    let from = lines.length
    let bytes = 0
    while (from > 0 && lines.length - from < keepMessages) {
      bytes += (lines[from - 1] as string).length
      if (bytes > contextBytes && from < lines.length) break
      from--
    }
    return lines.slice(from)
  }

  private change(scope: Scope, contextId: string, nonce: string, change: (lines: string[]) => string[]): void {
    const { bucket, paths } = this.parts
    const path = paths.context(scope, contextId)
    const isThere = (text: string | undefined): text is string => text?.includes(`\n?${nonce} `) === true
    if (!isThere(bucket.read(path)?.text)) return
    bucket.update(path, (current) => {
      if (!isThere(current?.text)) return { result: undefined }
      const [usedAt = '0', ...lines] = current?.text.split('\n') ?? []
      return { text: [usedAt, ...change(lines)].join('\n'), result: undefined }
    })
  }
}

function isMarked(line: string, nonce: string): boolean {
  return line.startsWith(`?${nonce} `)
}

function unmarked(line: string, nonce: string): string {
  return isMarked(line, nonce) ? line.slice(line.indexOf('{')) : line
}
