import type { AgentSubscriber, Interrupt, Message, ResumeEntry, RunAgentParameters, ToolCall } from '@ag-ui/client'
import { batch, computed, signal } from '@preact/signals'
import { DeskAgent } from './desk-agent'
import { pageTools } from './page-tools'
import type { DeskState, Wishes } from './trip-state'

/** What the page says of a run beside its messages. */
export type Notice = { kind: 'error' | 'info'; text: string; canRejoin?: boolean }

/** A question and what was answered to it, kept where it was asked. */
export type Answered = { afterMessage: string | undefined; prompt: string; answer: string }

const threadOfAddress = (): string | undefined => decodeURIComponent(location.hash.slice(1)) || undefined

/** The conversation with the desk: everything that the page shows, and everything that it can do. */
export class Desk {
  readonly messages = signal<readonly Message[]>([])
  readonly state = signal<DeskState>({ wishes: {} })
  readonly questions = signal<readonly Interrupt[]>([])
  readonly answered = signal<readonly Answered[]>([])
  /** Calls that wait for the traveller. */
  readonly calls = signal<readonly ToolCall[]>([])
  readonly isWorking = signal(false)
  readonly notice = signal<Notice | undefined>(undefined)
  /** The flight that the agent has marked. */
  readonly marked = signal<string | undefined>(undefined)
  /** Somebody has to do something before there is more to say. */
  readonly isWaiting = computed(() => this.questions.value.length > 0 || this.calls.value.length > 0)
  readonly #agent: DeskAgent
  readonly #answers = new Map<string, ResumeEntry>()
  #pending: readonly string[] = []
  /** A run ends with a word of the agent; without one the connection was cut. */
  #isOver = true

  constructor(threadId = threadOfAddress()) {
    this.#agent = new DeskAgent({
      url: new URL('agui', location.href.split('#')[0]).href,
      initialState: { wishes: {} },
      ...(threadId !== undefined && { threadId }),
    })
    this.#agent.subscribe(this.#subscriber)
    if (threadId !== undefined) void this.rejoin()
  }

  get threadId(): string {
    return this.#agent.threadId
  }

  async say(text: string): Promise<void> {
    // From now on the address is that of the conversation: loaded again, or in another tab, it goes on.
    history.replaceState(undefined, '', `#${encodeURIComponent(this.threadId)}`)
    this.#agent.addMessage({ id: newId(), role: 'user', content: text })
    this.#show()
    await this.#go()
  }

  /** Answers one question. What was answered is sent when there is nothing else to answer. */
  async answer(question: Interrupt, payload: unknown): Promise<void> {
    this.#answers.set(question.id, { interruptId: question.id, status: 'resolved', payload })
    const given = { afterMessage: this.messages.value.at(-1)?.id, prompt: promptOf(question), answer: textOf(payload) }
    batch(() => {
      this.questions.value = this.questions.value.filter(({ id }) => id !== question.id)
      this.answered.value = [...this.answered.value, given]
    })
    if (this.questions.value.length === 0) await this.#go({ resume: [...this.#answers.values()] })
  }

  /** Gives what a tool of the page came to. */
  async giveResult(call: ToolCall, result: object | { error: string }): Promise<void> {
    const error = 'error' in result ? { error: result.error } : {}
    this.#agent.addMessage({
      id: newId(),
      role: 'tool',
      toolCallId: call.id,
      content: JSON.stringify(result),
      ...error,
    })
    this.calls.value = this.calls.value.filter(({ id }) => id !== call.id)
    this.#show()
    if (this.calls.value.length === 0) await this.#go()
  }

  /** Says what the traveller wants, in the state that the next run brings to the desk. */
  wish(wishes: { [Name in keyof Wishes]: Wishes[Name] | undefined }): void {
    this.#agent.setState({ ...this.state.value, wishes: { ...this.state.value.wishes, ...wishes } })
    this.#show()
  }

  async cancel(): Promise<void> {
    try {
      await this.#agent.cancel()
      // What only waited has no stream that tells of its end.
      if (!this.isWorking.value) this.#canceled()
    } catch (error) {
      this.notice.value = { kind: 'error', text: errorText(error) }
    }
  }

  /** Takes up how things stand at the desk: after a reload or a cut, and where somebody else was faster. */
  async rejoin(): Promise<void> {
    // The client refuses to run while it knows of questions, but the desk may have other ones by now.
    this.#agent.pendingInterrupts = []
    await this.#run(() => this.#agent.connectAgent({ tools: pageTools }))
  }

  #go(parameters: RunAgentParameters = {}): Promise<void> {
    return this.#run(() => this.#agent.runAgent({ tools: pageTools, ...parameters }))
  }

  async #run(run: () => Promise<unknown>): Promise<void> {
    batch(() => {
      this.isWorking.value = true
      this.notice.value = undefined
      this.questions.value = []
      this.calls.value = []
    })
    this.#pending = []
    this.#isOver = false
    try {
      await run()
      if (!this.#isOver) throw new Error('The connection was cut.')
    } catch (error) {
      // What was refused is asked again.
      this.answered.value = this.answered.value.slice(0, this.answered.value.length - this.#answers.size)
      this.notice.value = { kind: 'error', text: errorText(error), canRejoin: true }
    }
    this.#answers.clear()
    batch(() => {
      this.isWorking.value = false
      // Also those of a run that was refused: they are open still.
      this.questions.value = this.#agent.pendingInterrupts
      this.#show()
    })
    await this.#carryOut()
  }

  /** Carries out what the run left to the page. */
  async #carryOut(): Promise<void> {
    const calls = this.#pending.map((id) => callOf(this.messages.value, id)).filter((call) => call !== undefined)
    this.#pending = []
    this.calls.value = calls
    for (const call of calls) {
      if (call.function.name === 'choose_seats') continue
      await this.giveResult(call, this.#atOnce(call))
    }
  }

  #atOnce({ function: { name, arguments: json } }: ToolCall): object | { error: string } {
    if (name !== 'mark_flight') return { error: `This page has no tool ${name}.` }
    const { number } = JSON.parse(json) as { number: string }
    const isShown = this.state.value.trip?.flights.some((flight) => flight.number === number)
    if (isShown) this.marked.value = number
    return isShown ? { marked: number } : { error: `The timetable shows no flight ${number}.` }
  }

  readonly #subscriber: AgentSubscriber = {
    onMessagesChanged: () => this.#show(),
    onStateChanged: () => this.#show(),
    onRunFinishedEvent: (finished) => {
      this.#isOver = true
      if (finished.outcome === 'success') this.#pending = finished.pendingToolCallIds
      if (finished.outcome === 'cancelled') this.#canceled()
    },
    onRunErrorEvent: ({ event }) => {
      this.#isOver = true
      this.notice.value = { kind: event.code === 'rejected' ? 'info' : 'error', text: event.message }
    },
  }

  #canceled(): void {
    this.#agent.pendingInterrupts = []
    batch(() => {
      this.questions.value = []
      this.calls.value = []
      this.notice.value = { kind: 'info', text: 'Canceled.' }
    })
  }

  #show(): void {
    batch(() => {
      this.messages.value = [...this.#agent.messages]
      this.state.value = { wishes: {}, ...(this.#agent.state as Partial<DeskState>) }
    })
  }
}

/** What is asked, for people. Where it is a whole form, the agent's words are about its schema: the fields say more. */
export function promptOf({ message, reason, responseSchema }: Interrupt): string {
  const isForm = typeof responseSchema?.['properties'] === 'object'
  return isForm ? 'To go on, the desk needs to know:' : (message ?? reason)
}

/** The call of an id, in the message that it stands in. */
function callOf(messages: readonly Message[], id: string): ToolCall | undefined {
  return messages
    .flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []))
    .find((call) => call.id === id)
}

/** An answer as people read it. */
function textOf(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null) return Object.values(payload).map(textOf).join(' · ')
  return typeof payload === 'boolean' ? (payload ? 'Yes' : 'No') : String(payload)
}

function errorText(error: unknown): string {
  const told = (error as { payload?: { error?: { message?: string } } }).payload?.error?.message
  return told ?? (error instanceof Error ? error.message : String(error))
}

/** Also where the page comes over plain HTTP from another machine, where there is no `crypto.randomUUID`. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
