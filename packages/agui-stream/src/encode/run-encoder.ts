import {
  addUsage,
  type ArtifactEvent,
  type Interrupt,
  isActive,
  isInterrupted,
  type Message,
  type Part,
  type RunEvent,
  type StoredEvent,
  type TaskStatus,
  type Usage,
} from '@pf-agents/agent-core'
import type { WireEvent, WireUsage } from '../wire/event'
import { wireId } from '../wire/wire-id'
import { encodeCustom } from './custom'
import { encodeEnd } from './end-of-run'
import { contentOf, partJson } from './parts'

/** What an encoder begins with. */
export interface EncoderTerms {
  threadId: string
  runId: string
  taskId: string
  /** Open questions of the task. */
  interrupts?: readonly Interrupt[] | undefined
  /** Ids of messages that the client holds: what a user said is told only to those who did not say it. */
  heldIds?: ReadonlySet<string>
  /** Calls whose result the client holds, as the page that carried them out: it is not told again. */
  heldResults?: ReadonlySet<string>
  /** Whether reasoning is told. */
  hasReasoning: boolean
}

/**
 * Tells the events of a run as events of AG-UI, one by one: what a client makes of them does not depend on how they came
 * in batches. What it gives may still break a rule of the protocol, as the agent did: a guard stands behind it.
 */
export class RunEncoder {
  /** The run is over, or waits for somebody. */
  hasEnded = false
  readonly #terms: EncoderTerms
  #interrupts: readonly Interrupt[]
  #usage: Usage | undefined
  /** Artifacts that go out as text, and whether that text is open. */
  readonly #texts = new Map<string, boolean>()
  /** Artifacts that go out as activities, with the number of their parts. */
  readonly #activities = new Map<string, number>()
  /** Subagents that wait, each with the slots of its questions. */
  #suspended: Map<string, readonly unknown[] | undefined> | undefined
  #out: WireEvent[] = []

  constructor(terms: EncoderTerms) {
    this.#terms = terms
    this.#interrupts = terms.interrupts?.filter((one) => one.status === 'open') ?? []
  }

  /** Open questions as of now. */
  get interrupts(): readonly Interrupt[] {
    return this.#interrupts
  }

  /** @param next - what follows in the same commit: a message may be part of the status behind it */
  encode({ event }: StoredEvent, next?: RunEvent): WireEvent[] {
    this.#out = []
    if (event.type === 'message') this.#message(event.message, next)
    else this.#event(event)
    return this.#out
  }

  /** The id of a message or call as clients know it. */
  wireId(id: string): string {
    return this.#id(id)
  }

  #id(id: string): string {
    return wireId(this.#terms.taskId, id)
  }

  #emit(event: WireEvent): void {
    this.#out.push(event)
  }

  #event(event: Exclude<RunEvent, { type: 'message' }>): void {
    switch (event.type) {
      case 'text-delta':
        return this.#emit({ type: 'TEXT_MESSAGE_CONTENT', messageId: this.#id(event.messageId), delta: event.delta })
      case 'text-start':
        return this.#emit({ type: 'TEXT_MESSAGE_START', messageId: this.#id(event.messageId), role: 'assistant' })
      case 'text-end':
        return this.#emit({ type: 'TEXT_MESSAGE_END', messageId: this.#id(event.messageId) })
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.#terms.hasReasoning ? this.#reasoning(event) : undefined
      case 'tool-call-start':
        return this.#emit({
          type: 'TOOL_CALL_START',
          toolCallId: this.#id(event.toolCallId),
          toolCallName: event.name,
          ...(event.messageId !== undefined && { parentMessageId: this.#id(event.messageId) }),
        })
      case 'tool-call-delta':
        return this.#emit({ type: 'TOOL_CALL_ARGS', toolCallId: this.#id(event.toolCallId), delta: event.delta })
      case 'tool-call-end':
        return this.#emit({ type: 'TOOL_CALL_END', toolCallId: this.#id(event.toolCallId) })
      case 'tool-result': {
        const toolCallId = this.#id(event.toolCallId)
        if (this.#terms.heldResults?.has(toolCallId)) return
        return this.#emit({
          type: 'TOOL_CALL_RESULT',
          messageId: `${toolCallId}-result`,
          toolCallId,
          role: 'tool',
          content: contentOf(event.parts),
          ...(event.isError === true && { metadata: { 'pf-agents': { isError: true } } }),
        })
      }
      case 'state-snapshot':
        return this.#emit({ type: 'STATE_SNAPSHOT', snapshot: event.state })
      case 'state-delta':
        return this.#emit({ type: 'STATE_DELTA', delta: event.patch })
      case 'step-start':
        return this.#emit({ type: 'STEP_STARTED', stepName: event.name })
      case 'step-end':
        return this.#emit({ type: 'STEP_FINISHED', stepName: event.name })
      case 'artifact':
        return this.#artifact(event)
      case 'status':
        return this.#status(event.status)
      case 'interrupt-start':
        this.#interrupts = [...this.#interrupts.filter(({ id }) => id !== event.interrupt.id), event.interrupt]
        return
      case 'interrupt-end':
        this.#interrupts = this.#interrupts.filter(({ id }) => id !== event.interruptId)
        return
      case 'usage':
        this.#usage = addUsage(this.#usage ?? {}, event.usage)
        return
      case 'metadata':
        return this.#emit({ type: 'CUSTOM', name: 'a2a.metadata', value: event.metadata })
      case 'custom':
        return encodeCustom(event, {
          emit: (one) => this.#emit(one),
          id: (id) => this.#id(id),
          inner: (one) => this.#inner(one),
          suspend: (subagentRunId, slots) => (this.#suspended ??= new Map()).set(subagentRunId, slots),
        })
    }
  }

  /** What an event of a subagent is told as. */
  #inner(event: RunEvent): WireEvent[] {
    const before = this.#out
    this.#out = []
    // Only the run itself waits, ends and says what it used.
    if (event.type === 'message') this.#message(event.message, undefined)
    else if (event.type !== 'status' && event.type !== 'interrupt-start' && event.type !== 'interrupt-end')
      this.#event(event)
    const inner = this.#out
    this.#out = before
    return inner
  }

  #reasoning(event: Extract<RunEvent, { type: `reasoning-${string}` }>): void {
    const messageId = `${this.#id(event.messageId)}-reasoning`
    if (event.type === 'reasoning-delta') {
      this.#emit({ type: 'REASONING_MESSAGE_CONTENT', messageId, delta: event.delta })
    } else if (event.type === 'reasoning-start') {
      this.#emit({ type: 'REASONING_START', messageId })
      this.#emit({ type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning' })
    } else {
      this.#emit({ type: 'REASONING_MESSAGE_END', messageId })
      this.#emit({ type: 'REASONING_END', messageId })
    }
  }

  #status(status: TaskStatus): void {
    if (!isActive(status.state)) {
      const { threadId, runId } = this.#terms
      this.hasEnded = true
      // Whoever streams an artifact need not say which chunk is its last.
      for (const [artifactId, isOpen] of this.#texts)
        if (isOpen) this.#emit({ type: 'TEXT_MESSAGE_END', messageId: this.#id(artifactId) })
      const usage = usageJson(this.#usage)
      const interrupts = this.#interrupts
      const owners = isInterrupted(status.state) ? this.#suspend() : undefined
      this.#emit(encodeEnd({ threadId, runId, status, interrupts, owners, callId: (id) => this.#id(id), usage }))
    } else if (status.message !== undefined) {
      const { parts } = status.message
      const content = { state: status.state, parts: parts.map(partJson) }
      this.#emit({ type: 'ACTIVITY_SNAPSHOT', messageId: this.#id('status'), activityType: 'a2a.status', content })
    }
  }

  /** Tells which subagents wait, the innermost first, and gives whose the questions are. */
  #suspend(): ReadonlyMap<string, string> | undefined {
    if (this.#suspended === undefined) return undefined
    const owners = new Map<string, string>()
    for (const [subagentRunId, slots] of [...this.#suspended].reverse()) {
      const own = this.#interrupts.filter(
        ({ id, slot }) => !owners.has(id) && (slots === undefined || slots.includes(slot)),
      )
      for (const { id } of own) owners.set(id, subagentRunId)
      const outcome = { type: 'suspended' as const, interruptIds: own.map(({ id }) => id) }
      this.#emit({ type: 'SUBAGENT_FINISHED', subagentRunId, outcome })
    }
    return owners
  }

  /** What the agent says between, or a user said from elsewhere. */
  #message(message: Message, next: RunEvent | undefined): void {
    const { role, messageId, parts } = message
    if (role === 'user') {
      if (this.#terms.heldIds?.has(messageId) !== true) this.#say(messageId, 'user', parts)
      return
    }
    const status = next?.type === 'status' && next.status.message?.messageId === messageId ? next.status : undefined
    // An error says it itself, and so do the questions of an interrupt.
    if (status?.state === 'failed' || status?.state === 'rejected') return
    if (status !== undefined && isPrompt(parts, this.#interrupts)) return
    this.#say(this.#id(messageId), 'assistant', parts)
  }

  #say(messageId: string, role: 'user' | 'assistant', parts: readonly Part[]): void {
    const text = parts.map((part) => part.text ?? '').join('')
    if (text !== '') {
      this.#emit({ type: 'TEXT_MESSAGE_START', messageId, role })
      this.#emit({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta: text })
      this.#emit({ type: 'TEXT_MESSAGE_END', messageId })
    }
    this.#attach(messageId, parts)
  }

  /** What is no text stands beside the message. */
  #attach(messageId: string, parts: readonly Part[]): void {
    const others = parts.filter((part) => part.text === undefined)
    if (others.length === 0) return
    this.#emit({
      type: 'ACTIVITY_SNAPSHOT',
      messageId: `${messageId}-parts`,
      activityType: 'a2a.parts',
      content: { messageId, parts: others.map(partJson) },
    })
  }

  /** A nameless artifact of text is what the agent answers; every other is a thing of its own, shown as an activity. */
  #artifact(event: ArtifactEvent): void {
    const { artifact } = event
    const { artifactId } = artifact
    const isText = this.#texts.has(artifactId) && event.append === true
    const isNew = !this.#texts.has(artifactId) && !this.#activities.has(artifactId)
    const isPlain = artifact.name === undefined && artifact.description === undefined
    if (isText || (isNew && isPlain && artifact.parts.some((part) => part.text !== undefined)))
      this.#textArtifact(event)
    else this.#activityArtifact(event)
  }

  #textArtifact({ artifact, lastChunk }: ArtifactEvent): void {
    const messageId = this.#id(artifact.artifactId)
    if (this.#texts.get(artifact.artifactId) !== true)
      this.#emit({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })
    for (const { text } of artifact.parts)
      if (text !== undefined) this.#emit({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta: text })
    const isLast = lastChunk === true
    if (isLast) this.#emit({ type: 'TEXT_MESSAGE_END', messageId })
    this.#texts.set(artifact.artifactId, !isLast)
    this.#attach(messageId, artifact.parts)
  }

  #activityArtifact({ artifact, append, lastChunk }: ArtifactEvent): void {
    const { artifactId, parts, extensions, ...rest } = artifact
    const messageId = `${this.#id(artifactId)}-artifact`
    const count = this.#activities.get(artifactId)
    if (append === true && count !== undefined) {
      this.#activities.set(artifactId, count + parts.length)
      const patch = parts.map((part) => ({ op: 'add' as const, path: '/parts/-', value: partJson(part) as unknown }))
      if (lastChunk === true) patch.push({ op: 'add', path: '/complete', value: true })
      this.#emit({ type: 'ACTIVITY_DELTA', messageId, activityType: 'a2a.artifact', patch })
      return
    }
    this.#activities.set(artifactId, parts.length)
    this.#emit({
      type: 'ACTIVITY_SNAPSHOT',
      messageId,
      activityType: 'a2a.artifact',
      content: {
        artifactId,
        ...rest,
        ...(extensions && { extensions: [...extensions] }),
        parts: parts.map(partJson),
        ...(lastChunk === true && { complete: true }),
      },
    })
  }
}

/** Whether a message asks just what the open questions ask, each by its name where they are several. */
function isPrompt(parts: readonly Part[], interrupts: readonly Interrupt[]): boolean {
  return (
    interrupts.length > 0 &&
    parts.length <= interrupts.length + (interrupts.length > 1 ? 1 : 0) &&
    interrupts.every(({ prompt }, index) => parts[index]?.text?.includes(prompt))
  )
}

/** Usage as AG-UI counts it. */
function usageJson(usage: Usage | undefined): WireUsage | undefined {
  if (usage === undefined) return undefined
  const { inputTokens, outputTokens } = usage
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) }
}
