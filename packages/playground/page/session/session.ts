import { signal } from '@preact/signals'
import type { AgentSubscriber, Interrupt, Message, ResumeEntry } from '@ag-ui/client'
import { type Problem, problemOf, statusOf } from './problem'
import { quietFetch } from './quiet-fetch'
import { RunLog } from './run-log'
import { headersOf, type RunOptions, runParameters } from './run-options'
import { soon } from './soon'
import { ThreadAgent } from './thread-agent'

/** What a conversation is doing. */
export type Phase = 'idle' | 'joining' | 'running' | 'cancelling'

/** How often, and how long apart in ms, a connection that broke is taken up again. */
const rejoinDelays = [300, 1000, 2000, 4000]

const brokenTitle = 'The connection broke'

/** One conversation over AG-UI: what was said, what is under way, what is asked. */
export class Session {
  readonly threadId: string
  readonly phase = signal<Phase>('idle')
  readonly messages = signal<readonly Message[]>([])
  readonly state = signal<unknown>(undefined)
  readonly questions = signal<readonly Interrupt[]>([])
  /** Calls that this page is to carry out. */
  readonly pendingCalls = signal<readonly string[]>([])
  readonly steps = signal<readonly string[]>([])
  readonly subagents = signal<ReadonlyMap<string, string>>(new Map())
  readonly problem = signal<Problem | undefined>(undefined)
  readonly wasCancelled = signal(false)
  readonly log = new RunLog()
  readonly #agent: ThreadAgent
  readonly #options: () => RunOptions
  readonly #onChange: () => void
  readonly #show = soon(() => {
    this.messages.value = [...this.#agent.messages]
    this.state.value = this.#agent.state
  })
  /** A terminal event came: what breaks behind it loses nothing. */
  #ended = false
  #started = false

  /** @param onChange - told whenever a run begins, ends or asks */
  constructor(url: string, threadId: string, options: () => RunOptions, onChange: () => void) {
    this.threadId = threadId
    this.#options = options
    this.#onChange = onChange
    this.#agent = new ThreadAgent({ url, threadId, fetch: quietFetch })
    this.#agent.subscribe(this.#subscriber)
  }

  /** Takes up what the server has of this thread, and the run that is under way. */
  async join(): Promise<void> {
    await this.#run('joining', (agent) => agent.connectAgent(runParameters(this.#options())))
  }

  async send(text: string): Promise<void> {
    this.#agent.addMessage({ id: crypto.randomUUID(), role: 'user', content: text })
    this.#show.now()
    await this.retry()
  }

  /** The run again that did not come about. */
  async retry(): Promise<void> {
    await this.#run('running', (agent) => agent.runAgent(runParameters(this.#options())))
  }

  /** Answers every open question at once. */
  async answer(resume: ResumeEntry[]): Promise<void> {
    await this.#run('running', (agent) => agent.runAgent({ ...runParameters(this.#options()), resume }))
  }

  /** Gives what a call of this page came to. */
  async answerCall(toolCallId: string, content: string): Promise<void> {
    this.#agent.addMessage({ id: crypto.randomUUID(), role: 'tool', toolCallId, content })
    this.pendingCalls.value = this.pendingCalls.value.filter((id) => id !== toolCallId)
    this.#show.now()
    if (this.pendingCalls.value.length === 0) await this.retry()
  }

  async cancel(): Promise<void> {
    const before = this.phase.value
    if (before === 'running') this.phase.value = 'cancelling'
    try {
      this.#authorize()
      await this.#agent.cancel()
      // What only waited has no stream that tells of its end.
      if (before === 'idle') await this.join()
    } catch (error) {
      this.problem.value = problemOf(error)
      if (this.phase.value === 'cancelling') this.phase.value = 'running'
    }
  }

  async #run(phase: Phase, begin: (agent: ThreadAgent) => Promise<unknown>): Promise<void> {
    this.phase.value = phase
    this.problem.value = undefined
    this.wasCancelled.value = false
    this.#ended = false
    this.#started = false
    this.#authorize()
    try {
      await begin(this.#agent)
      if (!this.#ended) await this.#rejoin(new Error('The stream ended before the run did.'))
    } catch (error) {
      if (phase === 'joining' && statusOf(error) === 404) this.#ended = true
      // What never began is the person's to send again.
      else if (statusOf(error) !== undefined || (phase === 'running' && !this.#started)) this.#fail(error)
      else await this.#rejoin(error)
    } finally {
      this.#settle()
    }
  }

  /** The connection broke: the run may still be under way. */
  async #rejoin(first: unknown): Promise<void> {
    for (const delay of rejoinDelays) {
      if (this.#ended) return
      this.problem.value = { title: brokenTitle, detail: 'Joining the conversation again …' }
      await new Promise((resolve) => setTimeout(resolve, delay))
      try {
        await this.#agent.connectAgent(runParameters(this.#options()))
        if (this.#ended) return
      } catch (error) {
        if (statusOf(error) === undefined) continue
        if (statusOf(error) !== 404) return this.#fail(error)
        this.problem.value = {
          title: 'The server no longer has this conversation',
          detail: 'It was started anew and keeps tasks in memory. Send the message again to begin afresh.',
          action: 'retry',
        }
        return
      }
    }
    this.problem.value = problemOf(first, 'join')
  }

  #fail(error: unknown): void {
    this.problem.value = problemOf(error, this.questions.value.length > 0 ? undefined : 'retry')
  }

  #settle(): void {
    this.questions.value = [...this.#agent.pendingInterrupts]
    this.steps.value = []
    this.#show.now()
    this.phase.value = 'idle'
    this.#onChange()
  }

  #authorize(): void {
    this.#agent.headers = headersOf(this.#options().headers)
  }

  readonly #subscriber: AgentSubscriber = {
    onEvent: ({ event }) => this.log.add(event),
    onMessagesChanged: () => this.#show.ask(),
    onStateChanged: () => this.#show.ask(),
    onRunStartedEvent: () => {
      this.#started = true
      this.pendingCalls.value = []
      this.questions.value = []
      if (this.phase.value === 'joining') this.phase.value = 'running'
      if (this.problem.value?.title === brokenTitle) this.problem.value = undefined
      this.#onChange()
    },
    onRunFinishedEvent: (end) => {
      this.#ended = true
      if (end.outcome === 'success') this.pendingCalls.value = end.pendingToolCallIds
      this.wasCancelled.value = end.outcome === 'cancelled'
    },
    onRunErrorEvent: ({ event }) => {
      const { code } = event
      // What a server says that goes down: another one may come up in its place.
      if (code === 'PF_OVERLOADED') return
      this.#ended = true
      this.problem.value = {
        title: code === 'rejected' ? 'The agent does not take this on' : 'The run failed',
        detail: event.message,
        ...(code !== undefined && { code }),
      }
    },
    onStepStartedEvent: ({ event }) => {
      this.steps.value = [...this.steps.value, event.stepName]
    },
    onStepFinishedEvent: ({ event }) => {
      this.steps.value = this.steps.value.filter((name) => name !== event.stepName)
    },
    onSubagentStartedEvent: ({ event }) => {
      this.subagents.value = new Map(this.subagents.value).set(event.subagentRunId, event.name)
    },
  }
}
