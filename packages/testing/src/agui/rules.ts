import type { AguiInterrupt, AguiMessage } from './options'
import { patched } from './patch'
import type { AguiCheck, AguiEvent } from './report'

/** What a client holds before a run, and asked. */
export interface RunContext {
  threadId: string
  runId: string
  messages: readonly AguiMessage[]
  state: unknown
  clientTools: ReadonlySet<string>
}

/** What a run comes to. */
export interface RunOutcome {
  /** How it ended; `undefined` without an end. */
  end: AguiEvent | undefined
  interrupts: AguiInterrupt[]
  /** Calls of this run without a result, by name. */
  unanswered: Map<string, string>
  state: unknown
}

interface Call {
  name: string
  isOwn: boolean
  isOpen: boolean
  isAnswered: boolean
  text: string
}

type Tell = (check: AguiCheck, message: string, event?: number) => void

const ends: ReadonlySet<string> = new Set(['RUN_FINISHED', 'RUN_ERROR'])

/** That a stream as it stands on the wire begins with its start, and ends once, at its end. */
export function checkTerminal(events: readonly AguiEvent[], tell: Tell): void {
  const [first] = events
  if (first === undefined) return tell('terminal', 'The stream has no event.')
  if (first.type !== 'RUN_STARTED' && first.type !== 'RUN_ERROR')
    tell('terminal', `The first event is ${first.type}, not RUN_STARTED.`, 0)
  const at = events.findIndex(({ type }) => ends.has(type))
  if (at === -1) return tell('terminal', 'The stream has no RUN_FINISHED and no RUN_ERROR: the run has no end.')
  const later = events.slice(at + 1)
  if (later.length > 0)
    tell('terminal', `${later.length} events come behind the end, the first ${later[0]?.type}.`, at + 1)
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Checks what clients do not: that ids are of one thing each, calls are JSON and answered, questions can be answered, and
 * patches apply. The events are those a client gave on, chunks written out.
 */
export function checkRun(events: readonly AguiEvent[], context: RunContext, tell: Tell): RunOutcome {
  return new RunRules(context, tell).read(events)
}

class RunRules {
  readonly #context: RunContext
  readonly #tell: Tell
  readonly #kinds = new Map<string, string>()
  readonly #calls = new Map<string, Call>()
  readonly #activities = new Map<string, unknown>()
  readonly #held: ReadonlySet<string>
  #state: unknown
  #end: AguiEvent | undefined
  #at = 0

  constructor(context: RunContext, tell: Tell) {
    this.#context = context
    this.#tell = (check, message) => tell(check, message, this.#at)
    this.#state = context.state
    this.#held = new Set(context.messages.map(({ id }) => id))
    for (const message of context.messages) this.#hold(message)
  }

  read(events: readonly AguiEvent[]): RunOutcome {
    for (const [index, event] of events.entries()) {
      this.#at = index
      this.#take(event)
    }
    const outcome = this.#end?.['outcome'] as { type?: string; interrupts?: AguiInterrupt[] } | undefined
    return {
      end: this.#end,
      interrupts: outcome?.type === 'interrupt' ? (outcome.interrupts ?? []) : [],
      unanswered: this.#unanswered(),
      state: this.#state,
    }
  }

  #hold(message: AguiMessage): void {
    this.#kinds.set(message.id, message.role)
    if (message.role === 'activity') this.#activities.set(message.id, message.content)
    for (const { id, function: called } of message.toolCalls ?? [])
      if (!this.#calls.has(id))
        this.#calls.set(id, { name: called.name, isOwn: false, isOpen: false, isAnswered: false, text: '' })
    const answered = message.role === 'tool' ? this.#calls.get(text(message.toolCallId)) : undefined
    if (answered !== undefined) answered.isAnswered = true
  }

  #take(event: AguiEvent): void {
    switch (event.type) {
      case 'RUN_STARTED':
        return this.#ownIds(event)
      case 'RUN_FINISHED':
        this.#ownIds(event)
        this.#end = event
        return this.#finish(event)
      case 'RUN_ERROR':
        this.#end = event
        return
      case 'TEXT_MESSAGE_START':
        return this.#message(text(event['messageId']), text(event['role']) || 'assistant')
      case 'REASONING_MESSAGE_START':
        return this.#message(text(event['messageId']), 'reasoning')
      case 'TOOL_CALL_START':
        return this.#start(event)
      case 'TOOL_CALL_ARGS': {
        const call = this.#calls.get(text(event['toolCallId']))
        if (call !== undefined) call.text += text(event['delta'])
        return
      }
      case 'TOOL_CALL_END':
        return this.#callEnd(text(event['toolCallId']))
      case 'TOOL_CALL_RESULT':
        return this.#result(event)
      case 'STATE_SNAPSHOT':
        this.#state = event['snapshot']
        return
      case 'STATE_DELTA':
        this.#state = this.#patched('STATE_DELTA', this.#state, event['delta'])
        return
      case 'ACTIVITY_SNAPSHOT':
        return this.#activity(event)
      case 'ACTIVITY_DELTA':
        return this.#activityDelta(event)
      case 'MESSAGES_SNAPSHOT':
        return this.#snapshot(event)
    }
  }

  #ownIds(event: AguiEvent): void {
    for (const name of ['threadId', 'runId'] as const)
      if (event[name] !== this.#context[name])
        this.#tell('ids', `${event.type} has the ${name} ${JSON.stringify(event[name])} of another run.`)
  }

  #message(id: string, kind: string): void {
    const known = this.#kinds.get(id)
    if (known !== undefined && known !== kind)
      this.#tell('ids', `${id} is a message of ${known} already: what comes for ${kind} is lost, or added to it.`)
    else if (this.#held.has(id))
      this.#tell('ids', `${id} is a message that the client holds: it would be written on to.`)
    if (known === undefined) this.#kinds.set(id, kind)
  }

  #start(event: AguiEvent): void {
    const id = text(event['toolCallId'])
    if (this.#calls.has(id)) this.#tell('ids', `There was a call ${id} before: its arguments would be written on to.`)
    const parent = event['parentMessageId']
    if (typeof parent === 'string') {
      const kind = this.#kinds.get(parent)
      if (kind !== undefined && kind !== 'assistant')
        this.#tell('ids', `The call ${id} is of ${parent}, a message of ${kind}.`)
      else this.#kinds.set(parent, 'assistant')
    }
    this.#calls.set(id, {
      name: text(event['toolCallName']),
      isOwn: true,
      isOpen: true,
      isAnswered: false,
      text: '',
    })
  }

  #callEnd(id: string): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    call.isOpen = false
    try {
      JSON.parse(call.text)
    } catch {
      this.#tell('calls', `The arguments of ${id} are no JSON: ${JSON.stringify(call.text.slice(0, 80))}`)
    }
  }

  #result(event: AguiEvent): void {
    const id = text(event['toolCallId'])
    const call = this.#calls.get(id)
    if (call === undefined) return this.#tell('calls', `There is a result of ${id}, and no such call.`)
    if (call.isOpen) this.#tell('calls', `The result of ${id} comes before the end of its arguments.`)
    if (call.isAnswered) this.#tell('calls', `The call ${id} has a second result.`)
    call.isAnswered = true
    const messageId = text(event['messageId'])
    if (this.#kinds.has(messageId))
      this.#tell('ids', `The result of ${id} has the id of another message, ${messageId}.`)
    this.#kinds.set(messageId, 'tool')
  }

  #activity(event: AguiEvent): void {
    const id = text(event['messageId'])
    const kind = this.#kinds.get(id)
    if (kind !== undefined && kind !== 'activity')
      this.#tell('ids', `The activity ${id} has the id of a message of ${kind}.`)
    this.#kinds.set(id, 'activity')
    if (event['replace'] !== false || !this.#activities.has(id)) this.#activities.set(id, event['content'])
  }

  #activityDelta(event: AguiEvent): void {
    const id = text(event['messageId'])
    if (!this.#activities.has(id)) return this.#tell('patches', `The activity ${id} changes, and was not told before.`)
    this.#activities.set(id, this.#patched(`The change of ${id}`, this.#activities.get(id), event['patch']))
  }

  #patched(what: string, document: unknown, patch: unknown): unknown {
    try {
      return patched(document, patch)
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
      this.#tell('patches', `${what} does not apply: ${reason}`)
      return document
    }
  }

  #snapshot(event: AguiEvent): void {
    const messages = Array.isArray(event['messages']) ? (event['messages'] as AguiMessage[]) : []
    const seen = new Set<string>()
    for (const message of messages) {
      if (seen.has(message.id)) this.#tell('ids', `The snapshot has ${message.id} twice.`)
      seen.add(message.id)
      this.#hold(message)
    }
  }

  #unanswered(): Map<string, string> {
    return new Map(
      [...this.#calls].flatMap(([id, { name, isOwn, isAnswered }]) => (isOwn && !isAnswered ? [[id, name]] : [])),
    )
  }

  #finish(event: AguiEvent): void {
    const outcome = (event['outcome'] ?? { type: 'success' }) as {
      type?: string
      pendingToolCallIds?: unknown
      interrupts?: AguiInterrupt[]
    }
    if (outcome.type === 'success') return this.#success(outcome.pendingToolCallIds)
    if (outcome.type !== 'interrupt') return
    const seen = new Set<string>()
    for (const { id, toolCallId, expiresAt } of outcome.interrupts ?? []) {
      if (seen.has(id)) this.#tell('interrupts', `Two questions have the id ${id}: one answer would be for both.`)
      seen.add(id)
      if (toolCallId !== undefined && !this.#calls.has(text(toolCallId)))
        this.#tell('interrupts', `The question ${id} is of ${text(toolCallId)}, and there is no such call.`)
      if (expiresAt !== undefined && Number.isNaN(Date.parse(text(expiresAt))))
        this.#tell('interrupts', `The question ${id} expires at ${text(expiresAt)}, which is no time.`)
    }
  }

  #success(pending: unknown): void {
    const named = new Set(Array.isArray(pending) ? (pending as string[]) : [])
    const areNamed = named.size > 0
    for (const [id, name] of this.#unanswered()) {
      if (!this.#context.clientTools.has(name)) this.#tell('calls', `The call ${id} of ${name} has no result.`)
      else if (areNamed && !named.has(id)) this.#tell('calls', `The call ${id} waits, and is not named as pending.`)
      named.delete(id)
    }
    for (const id of named) this.#tell('calls', `The call ${id} is named as pending, and does not wait.`)
  }
}
