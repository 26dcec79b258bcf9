import {
  type AgentRuntime,
  type Conversation,
  type Interrupt,
  isInterrupted,
  type Message,
  type Principal,
  type StoredTask,
} from '@pf-agents/agent-core'

/** Messages of a thread that are looked through for its tasks. */
const messageLimit = 500
/** Tasks of a thread that are looked at for a question. */
const taskLimit = 20

/** Who a thread belongs to, and what keeps it. */
export interface ThreadTerms {
  readonly threadId: string
  readonly tenant: string
  readonly principal: Principal
  readonly runtime: AgentRuntime
  readonly conversation: Conversation
}

/** A thread as the server has it: an A2A context, with its messages and tasks. */
export class Thread {
  readonly terms: ThreadTerms
  /** Newest messages, oldest first. */
  readonly messages: readonly Message[]
  /** Ids of the tasks that these messages belong to, newest first. */
  readonly taskIds: readonly string[]
  readonly #loaded = new Map<string, Promise<StoredTask | undefined>>()

  private constructor(terms: ThreadTerms, messages: readonly Message[]) {
    this.terms = terms
    this.messages = messages
    this.taskIds = [...new Set(messages.toReversed().flatMap(({ taskId }) => taskId ?? []))]
  }

  /** Loads a thread; one that there is nothing of has no messages. */
  static async load(terms: ThreadTerms, limit = messageLimit): Promise<Thread> {
    const { conversation, tenant, principal, threadId } = terms
    const scope = { tenant, principalId: principal.id }
    return new Thread(terms, await conversation.read(scope, threadId, { limit }))
  }

  has(messageId: string): boolean {
    return this.messages.some((one) => one.messageId === messageId)
  }

  task(taskId: string): Promise<StoredTask | undefined> {
    const { runtime, principal } = this.terms
    let loaded = this.#loaded.get(taskId)
    if (loaded === undefined) this.#loaded.set(taskId, (loaded = runtime.task(taskId, principal)))
    return loaded
  }

  /** The newest task, where there is one. */
  async newest(): Promise<StoredTask | undefined> {
    const [taskId] = this.taskIds
    return taskId === undefined ? undefined : this.task(taskId)
  }

  /** The newest task that has such a question, whatever became of it. */
  async withInterrupt(isMeant: (interrupt: Interrupt, taskId: string) => boolean): Promise<StoredTask | undefined> {
    for (const taskId of this.taskIds.slice(0, taskLimit)) {
      const stored = await this.task(taskId)
      if (stored?.facts.interrupts?.some((one) => isMeant(one, taskId))) return stored
    }
    return undefined
  }

  /** The newest task, where it waits for somebody. */
  async waiting(): Promise<StoredTask | undefined> {
    const stored = await this.newest()
    return stored !== undefined && isInterrupted(stored.task.status.state) ? stored : undefined
  }
}
