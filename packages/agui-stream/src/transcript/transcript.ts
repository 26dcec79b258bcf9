import type { JsonObject, JsonPatchOperation, JsonValue } from '@pf-agents/agent-core'
import { applyPatch } from '../state/json-patch'
import type { WireEvent, WireEventOf, WireMessage } from '../wire/event'

type Assistant = Extract<WireMessage, { role: 'assistant' }>

/** Something that has begun and not ended: what begins it again for a client that lacks it, and what came of it. */
interface Open {
  start: WireEvent
  content: WireEvent[]
  /** What was said about it. */
  beside: WireEvent[]
}

/**
 * What a client that read every event holds: its messages, and what was open when the last one came. Fed with events that
 * a guard let out.
 */
export class Transcript {
  readonly #messages = new Map<string, WireMessage>()
  /** Open texts, calls, reasoning, steps and subagents, in the order they began, by what ends them. */
  readonly #open = new Map<string, Open>()

  constructor(messages: readonly WireMessage[] = []) {
    for (const message of messages) this.#messages.set(message.id, message)
  }

  /** All messages. */
  get messages(): WireMessage[] {
    return [...this.#messages.values()]
  }

  get hasOpenCall(): boolean {
    return [...this.#open.keys()].some((name) => name.startsWith('call '))
  }

  add(message: WireMessage): void {
    this.#messages.set(message.id, message)
  }

  apply(event: WireEvent): void {
    const owner =
      'subagentRunId' in event && event.subagentRunId !== undefined ? { subagentRunId: event.subagentRunId } : {}
    switch (event.type) {
      case 'TEXT_MESSAGE_START':
        if (!this.#messages.has(event.messageId))
          this.add({ id: event.messageId, role: event.role ?? 'assistant', content: '', ...owner } as WireMessage)
        return this.#begin(`text ${event.messageId}`, event)
      case 'TEXT_MESSAGE_CONTENT':
        this.#goOn(`text ${event.messageId}`, event)
        return this.#append(event.messageId, event.delta)
      case 'TEXT_MESSAGE_END':
        return this.#end(`text ${event.messageId}`)
      case 'TOOL_CALL_START':
        this.#call(event, owner)
        return this.#begin(`call ${event.toolCallId}`, event)
      case 'TOOL_CALL_ARGS':
        this.#goOn(`call ${event.toolCallId}`, event)
        return this.#arguments(event)
      case 'TOOL_CALL_END':
        return this.#end(`call ${event.toolCallId}`)
      case 'TOOL_CALL_RESULT': {
        const { messageId: id, toolCallId, content, metadata } = event
        return this.add({ id, role: 'tool', toolCallId, content, ...owner, ...(metadata && { metadata }) })
      }
      case 'REASONING_START':
        return this.#begin(`span ${event.messageId}`, event)
      case 'REASONING_END':
        return this.#end(`span ${event.messageId}`)
      case 'REASONING_MESSAGE_START':
        if (!this.#messages.has(event.messageId))
          this.add({ id: event.messageId, role: 'reasoning', content: '', ...owner })
        return this.#begin(`reasoning ${event.messageId}`, event)
      case 'REASONING_MESSAGE_CONTENT':
        this.#goOn(`reasoning ${event.messageId}`, event)
        return this.#append(event.messageId, event.delta)
      case 'REASONING_MESSAGE_END':
        return this.#end(`reasoning ${event.messageId}`)
      case 'REASONING_ENCRYPTED_VALUE':
        return this.#encrypted(event)
      case 'ACTIVITY_SNAPSHOT':
        return this.#activity(event, owner)
      case 'ACTIVITY_DELTA':
        return this.#activityDelta(event)
      case 'STEP_STARTED':
        return this.#begin(`step ${event.stepName}`, event)
      case 'STEP_FINISHED':
        return this.#end(`step ${event.stepName}`)
      case 'SUBAGENT_STARTED':
        return this.#begin(`subagent ${event.subagentRunId}`, event)
      case 'SUBAGENT_FINISHED':
      case 'SUBAGENT_ERROR':
        return this.#end(`subagent ${event.subagentRunId}`)
      default:
    }
  }

  /** All messages but for calls that are open: those are begun again, and older clients would have them twice. */
  messagesWithoutOpenCalls(): WireMessage[] {
    return this.messages.map((message) => {
      if (message.role !== 'assistant' || message.toolCalls === undefined) return message
      const toolCalls = message.toolCalls.filter((call) => !this.#open.has(`call ${call.id}`))
      if (toolCalls.length === message.toolCalls.length) return message
      const { toolCalls: _, ...rest } = message
      return toolCalls.length > 0 ? { ...rest, toolCalls } : rest
    })
  }

  /**
   * What begins everything again that is open: texts and reasoning go on where they stand, also behind a snapshot of them;
   * calls are told as far as they came, where the client was given the messages without them.
   */
  reopening(callsFromStart: boolean): WireEvent[] {
    return [...this.#open.values()].flatMap(({ start, content, beside }) => {
      if (start.type !== 'TOOL_CALL_START') return [start]
      // The message that it stands in may be there already.
      const call = { ...start, parentMessageId: start.parentMessageId ?? start.toolCallId }
      return callsFromStart ? [call, ...content, ...beside] : [call]
    })
  }

  #begin(name: string, start: WireEvent): void {
    this.#open.set(name, { start, content: [], beside: [] })
  }

  /** Pieces of a text are kept as one. */
  #goOn(name: string, event: WireEvent & { delta: string }): void {
    const content = this.#open.get(name)?.content
    if (content === undefined) return
    const last = content[0] as typeof event | undefined
    content[0] = last === undefined ? event : ({ ...last, delta: last.delta + event.delta } as WireEvent)
  }

  #end(name: string): void {
    this.#open.delete(name)
  }

  #append(messageId: string, delta: string): void {
    const message = this.#messages.get(messageId)
    if (message !== undefined && typeof (message.content ?? '') === 'string')
      this.#messages.set(messageId, {
        ...message,
        content: `${(message.content as string | undefined) ?? ''}${delta}`,
      } as WireMessage)
  }

  #call(event: WireEventOf<'TOOL_CALL_START'>, owner: object): void {
    const id = event.parentMessageId ?? event.toolCallId
    const holder = this.#messages.get(id)
    const base: Assistant = holder?.role === 'assistant' ? holder : { id, role: 'assistant', ...owner }
    const call = {
      id: event.toolCallId,
      type: 'function' as const,
      function: { name: event.toolCallName, arguments: '' },
    }
    this.#messages.set(id, { ...base, toolCalls: [...(base.toolCalls ?? []), call] })
  }

  #arguments({ toolCallId, delta }: WireEventOf<'TOOL_CALL_ARGS'>): void {
    for (const [id, message] of this.#messages) {
      if (message.role !== 'assistant' || !message.toolCalls?.some((call) => call.id === toolCallId)) continue
      const toolCalls = message.toolCalls.map((call) =>
        call.id === toolCallId
          ? { ...call, function: { ...call.function, arguments: call.function.arguments + delta } }
          : call,
      )
      this.#messages.set(id, { ...message, toolCalls })
    }
  }

  #encrypted(event: WireEventOf<'REASONING_ENCRYPTED_VALUE'>): void {
    const { subtype, entityId, encryptedValue } = event
    if (subtype === 'tool-call') this.#open.get(`call ${entityId}`)?.beside.push(event)
    for (const [id, message] of this.#messages) {
      if (subtype === 'message' && id === entityId)
        this.#messages.set(id, { ...message, encryptedValue } as WireMessage)
      if (subtype !== 'tool-call' || message.role !== 'assistant') continue
      if (!message.toolCalls?.some((call) => call.id === entityId)) continue
      const toolCalls = message.toolCalls.map((call) => (call.id === entityId ? { ...call, encryptedValue } : call))
      this.#messages.set(id, { ...message, toolCalls })
    }
  }

  #activity(event: WireEventOf<'ACTIVITY_SNAPSHOT'>, owner: object): void {
    const { messageId, activityType, content, replace } = event
    if (replace === false && this.#messages.has(messageId)) return
    this.add({ id: messageId, role: 'activity', activityType, content, ...owner })
  }

  #activityDelta({ messageId, patch }: WireEventOf<'ACTIVITY_DELTA'>): void {
    const message = this.#messages.get(messageId)
    if (message?.role !== 'activity') return
    const content = applyPatch(message.content as JsonValue, patch as JsonPatchOperation[]) as JsonObject
    this.#messages.set(messageId, { ...message, content })
  }
}
