import type { JsonObject, ModelStreamPart, RunEvent } from '@pf-agents/agent-core'
import type { LoopSetup } from './setup'

/** How the events of one answer are told. */
export interface TurnEventsOptions {
  /** Text and reasoning are told at all. */
  isShown: boolean
  /** Text and reasoning are kept back until `release`. */
  isHeld: boolean
  /** A tool whose calls are not told: it takes the answer. */
  hidden: string | undefined
}

/** Tells what a model streams as events of the run, as it comes. */
export class TurnEvents {
  readonly #setup: LoopSetup
  readonly #options: TurnEventsOptions
  readonly #held: RunEvent[] = []
  readonly #hiddenCalls = new Set<string>()
  readonly #openCalls = new Set<string>()
  #messageId: string | undefined
  #reasoningId: string | undefined

  constructor(setup: LoopSetup, options: TurnEventsOptions) {
    this.#setup = setup
    this.#options = options
  }

  add(part: ModelStreamPart): void {
    switch (part.type) {
      case 'text-delta':
        if (this.#options.isShown && part.delta !== '') this.#text(part.delta)
        return
      case 'reasoning-delta':
        if (this.#options.isShown && part.delta !== '') this.#reasoning(part.delta)
        return
      case 'reasoning-end':
        return this.#endReasoning()
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'tool-call-end':
        return this.#call(part)
      case 'retry':
      case 'fallback': {
        const { type, ...value } = part
        return this.#emit({ type: 'custom', name: `pf.model-${type}`, value: value as JsonObject })
      }
      default:
    }
  }

  /** The answer is over, or broke off. */
  end(): void {
    this.#endBlocks()
    for (const toolCallId of this.#openCalls) this.#emit({ type: 'tool-call-end', toolCallId })
  }

  /** Tells what was kept back; `text` in place of the text that came. */
  release(text?: string): void {
    const events = this.#held.splice(0)
    if (text === undefined) return events.forEach((event) => this.#emit(event))
    for (const event of events) if (!event.type.startsWith('text-')) this.#emit(event)
    if (text === '' || !this.#options.isShown) return
    const messageId = this.#setup.random.id()
    this.#emit({ type: 'text-start', messageId })
    this.#emit({ type: 'text-delta', messageId, delta: text })
    this.#emit({ type: 'text-end', messageId })
  }

  #text(delta: string): void {
    this.#endReasoning()
    if (this.#messageId === undefined) {
      this.#messageId = this.#setup.random.id()
      this.#say({ type: 'text-start', messageId: this.#messageId })
    }
    this.#say({ type: 'text-delta', messageId: this.#messageId, delta })
  }

  #endText(): void {
    if (this.#messageId !== undefined) this.#say({ type: 'text-end', messageId: this.#messageId })
    this.#messageId = undefined
  }

  #reasoning(delta: string): void {
    if (this.#reasoningId === undefined) {
      this.#reasoningId = this.#setup.random.id()
      this.#say({ type: 'reasoning-start', messageId: this.#reasoningId })
    }
    this.#say({ type: 'reasoning-delta', messageId: this.#reasoningId, delta })
  }

  #endReasoning(): void {
    if (this.#reasoningId !== undefined) this.#say({ type: 'reasoning-end', messageId: this.#reasoningId })
    this.#reasoningId = undefined
  }

  #call(part: Extract<ModelStreamPart, { type: `tool-call-${string}` }>): void {
    const { toolCallId } = part
    if (part.type === 'tool-call-start') {
      if (part.name === this.#options.hidden) this.#hiddenCalls.add(toolCallId)
      else {
        const messageId = this.#messageId
        this.#endBlocks()
        this.#openCalls.add(toolCallId)
        this.#emit({
          type: 'tool-call-start',
          toolCallId,
          name: part.name,
          ...(messageId !== undefined && { messageId }),
        })
      }
    } else if (this.#hiddenCalls.has(toolCallId)) return
    else if (part.type === 'tool-call-delta') this.#emit({ type: 'tool-call-delta', toolCallId, delta: part.delta })
    else if (this.#openCalls.delete(toolCallId)) this.#emit({ type: 'tool-call-end', toolCallId })
  }

  #endBlocks(): void {
    this.#endReasoning()
    this.#endText()
  }

  #say(event: RunEvent): void {
    if (this.#options.isHeld) this.#held.push(event)
    else this.#emit(event)
  }

  #emit(event: RunEvent): void {
    this.#setup.context.emit(event)
  }
}
