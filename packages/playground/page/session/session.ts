import type { ResumeEntry } from '@ag-ui/client'
import { problemOf, statusOf } from './problem'
import { quietFetch } from './quiet-fetch'
import { headersOf, type RunOptions, runParameters } from './run-options'
import { brokenTitle, type Phase, SessionView } from './session-view'
import { soon } from './soon'
import { ThreadAgent } from './thread-agent'

/** How often, and how long apart in ms, a connection that broke is taken up again. */
const rejoinDelays = [300, 1000, 2000, 4000]

/** One conversation over AG-UI: what was said, what is under way, what is asked. */
export class Session extends SessionView {
  readonly threadId: string
  readonly #agent: ThreadAgent
  readonly #options: () => RunOptions
  protected readonly onChange: () => void
  readonly #show = soon(() => {
    this.messages.value = [...this.#agent.messages]
    this.state.value = this.#agent.state
  })

  /** @param onChange - told whenever a run begins, ends or asks */
  constructor(url: string, threadId: string, options: () => RunOptions, onChange: () => void) {
    super()
    this.threadId = threadId
    this.#options = options
    this.onChange = onChange
    this.#agent = new ThreadAgent({ url, threadId, fetch: quietFetch })
    this.#agent.subscribe({
      ...this.subscriber,
      onMessagesChanged: () => this.#show.ask(),
      onStateChanged: () => this.#show.ask(),
    })
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
    this.ended = false
    this.started = false
    this.#authorize()
    try {
      await begin(this.#agent)
      if (!this.ended) await this.#rejoin(new Error('The stream ended before the run did.'))
    } catch (error) {
      if (phase === 'joining' && statusOf(error) === 404) this.ended = true
      // What never began is the person's to send again.
      else if (statusOf(error) !== undefined || (phase === 'running' && !this.started)) this.#fail(error)
      else await this.#rejoin(error)
    } finally {
      this.#settle()
    }
  }

  /** The connection broke: the run may still be under way. */
  async #rejoin(first: unknown): Promise<void> {
    for (const delay of rejoinDelays) {
      if (this.ended) return
      this.problem.value = { title: brokenTitle, detail: 'Joining the conversation again …' }
      await new Promise((resolve) => setTimeout(resolve, delay))
      try {
        await this.#agent.connectAgent(runParameters(this.#options()))
        if (this.ended) return
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
    this.onChange()
  }

  #authorize(): void {
    this.#agent.headers = headersOf(this.#options().headers)
  }
}
