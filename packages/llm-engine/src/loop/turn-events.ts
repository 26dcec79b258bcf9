import type { JsonObject, ModelStreamPart, Part, RunEvent } from '@pf-agents/agent-core'
import { filePart } from '../reply/file-part'
import { namesOf, takeName } from './run-names'
import type { LoopSetup } from './setup'

/** How the events of one answer are told. */
export interface TurnEventsOptions {
  /** Name of the step that the answer is. */
  step: string
  /** Text and reasoning are told at all. */
  isShown: boolean
  /** Files are told; they are, too, where the answer is data. */
  hasFiles: boolean
  /** All of it is kept back until `release`. */
  isHeld: boolean
  /** A tool whose calls are not told: it takes the answer. */
  hidden: string | undefined
}

type Kind = 'text' | 'reasoning'

/** What stands in place of an answer that was kept back. */
export interface TurnRewrite {
  text: string
  reasoning: string
}

/**
 * Tells what a model streams as events of the run, as it comes: a step, from here until `close`. A run that is aborted
 * ends the step at once: text and thoughts that are open are told to be over while that still can be told.
 */
export class TurnEvents {
  readonly #setup: LoopSetup
  readonly #options: TurnEventsOptions
  #held: RunEvent[] = []
  readonly #hiddenCalls = new Set<string>()
  readonly #openCalls = new Set<string>()
  /** Ids of what is open. */
  #ids: Record<Kind, string | undefined> = { text: undefined, reasoning: undefined }
  /** Loops side by side have steps side by side: each has a name of its own while it is under way. */
  readonly #step: string
  #isClosed = false
  /** What else is to be done where the run is aborted while the step is open. */
  onAbort: (() => void) | undefined
  /** A call whose arguments are not whole yet stays open: nobody is to take it for one. */
  readonly #onAbort = (): void => {
    this.#openCalls.clear()
    this.close()
    this.onAbort?.()
  }

  constructor(setup: LoopSetup, options: TurnEventsOptions) {
    this.#setup = setup
    this.#options = options
    this.#step = takeName(namesOf(setup.context).steps, options.step)
    setup.context.emit({ type: 'step-start', name: this.#step })
    setup.context.signal.addEventListener('abort', this.#onAbort)
  }

  add(part: ModelStreamPart): void {
    if (this.#isClosed) return
    switch (part.type) {
      case 'text-delta':
        return this.#grow('text', part.delta)
      case 'reasoning-delta':
        return this.#grow('reasoning', part.delta)
      case 'reasoning-end':
        return this.#end('reasoning')
      case 'file':
        if (this.#options.hasFiles && (part.raw || part.url)) this.#file(filePart(part))
        return
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'tool-call-end':
        return this.#call(part)
      case 'retry':
      case 'fallback': {
        // What a model costs is nobody's business.
        const { type, profile: _, ...value } = { profile: undefined, ...part }
        return this.#emit({ type: 'custom', name: `pf.model-${type}`, value: value as JsonObject })
      }
      default:
    }
  }

  /** The answer is over, or broke off. */
  end(): void {
    this.#endBlocks()
    for (const toolCallId of this.#openCalls) this.#say({ type: 'tool-call-end', toolCallId })
    this.#openCalls.clear()
  }

  /** The step is over. What is still kept back is never told. */
  close(): void {
    if (this.#isClosed) return
    this.end()
    this.#isClosed = true
    this.#held = []
    const { context } = this.#setup
    context.signal.removeEventListener('abort', this.#onAbort)
    namesOf(context).steps.delete(this.#step)
    context.emit({ type: 'step-end', name: this.#step })
  }

  /** Tells what was kept back; with a rewrite, that in place of the text and the reasoning that came. */
  release(rewrite?: TurnRewrite): void {
    const events = this.#held
    this.#held = []
    if (rewrite === undefined) return events.forEach((event) => this.#emit(event))
    const { isShown } = this.#options
    if (isShown && rewrite.reasoning !== '') this.#whole('reasoning', rewrite.reasoning)
    const messageId = isShown && rewrite.text !== '' ? this.#whole('text', rewrite.text) : undefined
    for (const event of events) {
      if (event.type.startsWith('text-') || event.type.startsWith('reasoning-')) continue
      if (event.type !== 'tool-call-start') this.#emit(event)
      else {
        const { messageId: _, ...call } = event
        this.#emit({ ...call, ...(messageId !== undefined && { messageId }) })
      }
    }
  }

  #whole(kind: Kind, delta: string): string {
    const messageId = this.#setup.random.id()
    this.#emit({ type: `${kind}-start`, messageId })
    this.#emit({ type: `${kind}-delta`, messageId, delta })
    this.#emit({ type: `${kind}-end`, messageId })
    return messageId
  }

  #grow(kind: Kind, delta: string): void {
    if (!this.#options.isShown || delta === '') return
    if (kind === 'text') this.#end('reasoning')
    let messageId = this.#ids[kind]
    if (messageId === undefined) {
      this.#ids[kind] = messageId = this.#setup.random.id()
      this.#say({ type: `${kind}-start`, messageId })
    }
    this.#say({ type: `${kind}-delta`, messageId, delta })
  }

  #end(kind: Kind): void {
    const messageId = this.#ids[kind]
    if (messageId === undefined) return
    this.#say({ type: `${kind}-end`, messageId })
    this.#ids[kind] = undefined
  }

  #call(part: Extract<ModelStreamPart, { type: `tool-call-${string}` }>): void {
    const { toolCallId } = part
    if (part.type === 'tool-call-start') {
      if (part.name === this.#options.hidden) this.#hiddenCalls.add(toolCallId)
      else {
        const messageId = this.#ids.text
        this.#endBlocks()
        this.#openCalls.add(toolCallId)
        this.#say({
          type: 'tool-call-start',
          toolCallId,
          name: part.name,
          ...(messageId !== undefined && { messageId }),
        })
      }
    } else if (this.#hiddenCalls.has(toolCallId)) return
    else if (part.type === 'tool-call-delta') this.#say({ type: 'tool-call-delta', toolCallId, delta: part.delta })
    else if (this.#openCalls.delete(toolCallId)) this.#say({ type: 'tool-call-end', toolCallId })
  }

  /** A result of its own: it comes whole, between the texts before and after it. */
  #file(part: Part): void {
    this.#endBlocks()
    this.#say({ type: 'artifact', artifact: { artifactId: this.#setup.random.id(), parts: [part] }, lastChunk: true })
  }

  #endBlocks(): void {
    this.#end('reasoning')
    this.#end('text')
  }

  #say(event: RunEvent): void {
    if (this.#options.isHeld) this.#held.push(event)
    else this.#emit(event)
  }

  #emit(event: RunEvent): void {
    this.#setup.context.emit(event)
  }
}
