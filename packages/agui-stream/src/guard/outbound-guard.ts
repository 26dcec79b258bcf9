import { type JsonValue, PfError } from '@pf-agents/agent-core'
import type { WireEvent, WireEventOf, WireMessage, WireOutcome } from '../wire/event'
import { ActivityRules } from './activity-rules'
import { CallRules } from './call-rules'
import { cleanEvent } from './event-shapes'
import { MessageIds } from './message-ids'
import { cleanOutcome } from './outcome'
import type { GuardProblem, GuardRule } from './problem'
import { ReasoningRules } from './reasoning-rules'
import { continued, type GuardScope } from './scope'
import { StateRules } from './state-rules'
import { StepRules } from './step-rules'
import { SubagentRules } from './subagent-rules'
import { TextRules } from './text-rules'
import { cleanUsage } from './usage'

/** What {@link createOutboundGuard} works with. */
export interface OutboundGuardOptions {
  /** Ids of the run, as the request had them: a client may refuse others. */
  threadId: string
  runId: string
  /**
   * `repair` (default) puts right what breaks a rule, leaves out what can't be put right, and tells `onProblem`;
   * `strict` throws instead, for tests.
   */
  mode?: 'repair' | 'strict'
  /** Told of every rule that was broken. */
  onProblem?: (problem: GuardProblem) => void
  /** What the client holds before the run: its ids are taken, its calls may get their results. */
  messages?: readonly WireMessage[]
  /** Names of the tools that the client carries out: their calls may stay without a result. */
  clientTools?: ReadonlySet<string>
  /** The state that the client begins with; left out where that is not known. */
  state?: JsonValue
}

/** Stands between an agent and its client: what comes out is one valid run, whatever goes in. */
export interface OutboundGuard {
  /**
   * Takes one event, and gives those to send for it: none, itself, or more.
   * @throws PfError PF_STREAM_INVALID where a rule is broken, in strict mode
   */
  push(event: WireEvent): WireEvent[]
  /** Ends the run with an error where nothing has ended it, by default for having no end; does nothing otherwise. */
  end(error?: { message: string; code: string }): WireEvent[]
  /** The run has its one terminal event. */
  readonly isOver: boolean
  /** Whether text for this message can go out as it is. */
  isTextOpen(messageId: string): boolean
  /** The shared state as the client has it. */
  readonly state: JsonValue
}

/**
 * Makes the guard of one run. It knows the rules of AG-UI 1.0 that clients check, and those that they do not.
 *
 * @example
 * ```ts
 * const guard = createOutboundGuard({ threadId: 't', runId: 'r' })
 * for (const event of events) for (const legal of guard.push(event)) send(legal)
 * for (const legal of guard.end()) send(legal)
 * ```
 */
export function createOutboundGuard(options: OutboundGuardOptions): OutboundGuard {
  return new Guard(options)
}

class Guard implements OutboundGuard, GuardScope {
  readonly ids = new MessageIds()
  readonly #options: OutboundGuardOptions
  readonly #state: StateRules
  // What a run does not do has no rules: most do little, and many wait at once.
  #textRules: TextRules | undefined
  #callRules: CallRules | undefined
  #reasoningRules: ReasoningRules | undefined
  #stepRules: StepRules | undefined
  #activityRules: ActivityRules | undefined
  #subagentRules: SubagentRules | undefined
  #out: WireEvent[] | undefined
  #index = -1
  #type = ''
  #hasBegun = false
  #isOver = false

  constructor(options: OutboundGuardOptions) {
    this.#options = options
    this.#state = new StateRules(this, options.state)
    for (const message of options.messages ?? []) this.#seed(message)
  }

  get #texts(): TextRules {
    return (this.#textRules ??= new TextRules(this))
  }
  get #calls(): CallRules {
    return (this.#callRules ??= new CallRules(this))
  }
  get #reasoning(): ReasoningRules {
    return (this.#reasoningRules ??= new ReasoningRules(this))
  }
  get #steps(): StepRules {
    return (this.#stepRules ??= new StepRules(this))
  }
  get #activities(): ActivityRules {
    return (this.#activityRules ??= new ActivityRules(this))
  }
  get #subagents(): SubagentRules {
    return (this.#subagentRules ??= new SubagentRules({
      emit: (event) => this.emit(event),
      broken: (rule, detail) => this.broken(rule, detail),
      closeItems: (owner) => this.#closeItems(owner),
    }))
  }

  get isOver(): boolean {
    return this.#isOver
  }
  get state(): JsonValue {
    return this.#state.state
  }
  isTextOpen(messageId: string): boolean {
    return !this.#isOver && this.#textRules?.isPlainlyOpen(messageId) === true
  }

  push(event: WireEvent): WireEvent[] {
    this.#index++
    this.#out = undefined
    this.#type = ''
    try {
      this.#type = event.type
      this.#take(event)
    } catch (error) {
      if (PfError.is(error)) throw error
      // It is no object, or throws when it is looked at.
      this.broken('malformed', 'It can not be read.')
    }
    return this.#out ?? []
  }

  end(error?: { message: string; code: string }): WireEvent[] {
    this.#out = undefined
    this.#type = ''
    if (this.#isOver) return this.#out ?? []
    const unsaid = { message: 'The agent ended without saying how.', code: 'incomplete' }
    if (error === undefined) this.broken('no-end', unsaid.message)
    this.#fail({ type: 'RUN_ERROR', ...(error ?? unsaid) })
    return this.#out ?? []
  }

  readonly emit = (event: WireEvent): void => {
    // Made for the one event that it mostly is: a list that grows from nothing takes room for many.
    if (this.#out === undefined) this.#out = [event]
    else this.#out.push(event)
  }
  readonly broken = (rule: GuardRule, detail: string): void => {
    if (this.#options.mode === 'strict')
      throw new PfError(
        'PF_STREAM_INVALID',
        `Event ${this.#index} (${this.#type}) breaks the rule "${rule}": ${detail}`,
        {
          details: { rule, index: this.#index, type: this.#type },
        },
      )
    this.#options.onProblem?.({ rule, index: this.#index, type: this.#type, detail })
  }
  readonly ownerOf = (event: { subagentRunId?: unknown }): string | undefined =>
    event.subagentRunId === undefined ? undefined : this.#subagents.ownerOf(event)

  #take(given: WireEvent): void {
    if (this.#isOver) return this.broken('after-end', 'The run is over.')
    const event = this.#clean(given)
    if (event?.type === 'RUN_ERROR') return this.#fail(event)
    if (event?.type === 'RUN_STARTED') return this.#begin(event)
    if (!this.#hasBegun) {
      this.broken('first-event', 'A run begins with RUN_STARTED.')
      this.#begin({ type: 'RUN_STARTED', threadId: this.#options.threadId, runId: this.#options.runId })
    }
    if (event !== undefined) this.#dispatch(event)
  }

  /** The event with the fields that it can have, where it has those that it needs. */
  #clean(given: WireEvent): WireEvent | undefined {
    const event = cleanEvent(given)
    if (event === given) return given
    let detail = ''
    cleanEvent(given, (path, why) => {
      detail ||= `${path || 'It'} ${why}.`
    })
    if (event === undefined || detail !== '') this.broken('malformed', detail)
    return event
  }

  #dispatch(event: WireEvent): void {
    switch (event.type) {
      case 'TEXT_MESSAGE_CONTENT':
        return this.#texts.content(event)
      case 'TEXT_MESSAGE_START':
        return this.#texts.start(event)
      case 'TEXT_MESSAGE_END':
        return this.#texts.end(event)
      case 'TOOL_CALL_START':
        return this.#calls.start(event)
      case 'TOOL_CALL_ARGS':
        return this.#calls.args(event)
      case 'TOOL_CALL_END':
        return this.#calls.end(event)
      case 'TOOL_CALL_RESULT':
        return this.#calls.result(event)
      case 'REASONING_START':
        return this.#reasoning.start(event)
      case 'REASONING_END':
        return this.#reasoning.end(event)
      case 'REASONING_MESSAGE_START':
        return this.#reasoning.messageStart(event)
      case 'REASONING_MESSAGE_CONTENT':
        return this.#reasoning.messageContent(event)
      case 'REASONING_MESSAGE_END':
        return this.#reasoning.messageEnd(event)
      case 'REASONING_ENCRYPTED_VALUE':
        return this.#encrypted(event)
      case 'STATE_SNAPSHOT':
        return this.#state.snapshot(event)
      case 'STATE_DELTA':
        return this.#state.delta(event)
      case 'ACTIVITY_SNAPSHOT':
        return this.#activities.snapshot(event)
      case 'ACTIVITY_DELTA':
        return this.#activities.delta(event)
      case 'MESSAGES_SNAPSHOT':
        return this.#messages(event)
      case 'STEP_STARTED':
        return this.#steps.start(event)
      case 'STEP_FINISHED':
        return this.#steps.finish(event)
      case 'SUBAGENT_STARTED':
        return this.#subagents.start(event)
      case 'SUBAGENT_FINISHED':
      case 'SUBAGENT_ERROR':
        return this.#subagents.end(event)
      case 'CUSTOM':
      case 'RAW':
        return this.#open(event)
      case 'RUN_FINISHED':
        return this.#finish(event)
      case 'TEXT_MESSAGE_CHUNK':
      case 'TOOL_CALL_CHUNK':
      case 'REASONING_MESSAGE_CHUNK':
        return this.broken(
          'chunk',
          'Say where something starts and ends, rather than leave it to be guessed from chunks.',
        )
      default:
        return this.broken('unknown-type', `There is no event ${JSON.stringify((event as { type?: unknown }).type)}.`)
    }
  }

  #begin(event: WireEventOf<'RUN_STARTED'>): void {
    if (this.#hasBegun) return this.broken('run-started-twice', 'The run has begun already.')
    this.#hasBegun = true
    for (const message of event.input?.messages ?? []) if (this.ids.kind(message.id) === undefined) this.#seed(message)
    this.emit(this.#ownIds(event))
  }

  #ownIds<E extends WireEventOf<'RUN_STARTED'> | WireEventOf<'RUN_FINISHED'>>(event: E): E {
    const { threadId, runId } = this.#options
    if (event.threadId === threadId && event.runId === runId) return event
    this.broken('run-ids', 'The ids are not those of the request.')
    return { ...event, threadId, runId }
  }

  #open(event: WireEventOf<'CUSTOM'> | WireEventOf<'RAW'>): void {
    const owner = this.ownerOf(event)
    const { subagentRunId: _, ...rest } = event
    this.emit(owner === undefined ? (rest as WireEvent) : event)
  }

  #encrypted(event: WireEventOf<'REASONING_ENCRYPTED_VALUE'>): void {
    const { subtype, entityId } = event
    const message = this.ids.resolve(entityId, 'reasoning')
    const known = this.ids.kind(message) === undefined ? undefined : message
    const entity = subtype === 'tool-call' ? this.#calls.nameOf(entityId) : known
    // A client keeps it for whatever comes under that id.
    if (entity === undefined) return this.broken('malformed', `There is no ${subtype} ${entityId} to encrypt for.`)
    const owner = subtype === 'tool-call' ? this.#calls.ownerOf(entity) : this.ids.owner(entity)
    const { subagentRunId: _, ...rest } = continued(this, event, owner)
    this.emit({ ...rest, entityId: entity })
  }

  #messages(event: WireEventOf<'MESSAGES_SNAPSHOT'>): void {
    if (this.#texts.isAnyOpen || this.#calls.isAnyOpen || this.#reasoning.isAnyOpen)
      return this.broken('snapshot-while-open', 'Something is open, and would be lost.')
    const seen = new Set<string>()
    let isChanged = false
    const messages = event.messages.flatMap((message): WireMessage[] => {
      const id = this.#idInSnapshot(message)
      isChanged ||= id !== message.id || seen.has(id)
      if (seen.has(id)) this.broken('message-id-reused', 'Two messages of the snapshot have the same id.')
      return seen.has(id) || !seen.add(id) ? [] : [id === message.id ? message : { ...message, id }]
    })
    for (const [id, kind] of this.ids.all()) if (!seen.has(id) && !isKept(kind)) this.ids.forget(id)
    for (const message of messages) this.#seed(message)
    this.emit(isChanged ? { ...event, messages } : event)
  }

  /** The id of a message of a snapshot: another where the client keeps something else under it. */
  #idInSnapshot({ id, role }: WireMessage): string {
    const kind = this.ids.kind(id)
    if (kind === undefined || kind === role || !isKept(kind)) return id
    return this.ids.claim(id, role, () => this.broken('message-id-reused', `${id} is a message of another role.`))
  }

  #seed(message: WireMessage): void {
    this.ids.note(message.id, message.role, message.subagentRunId)
    if (message.role === 'activity') this.#activities.seed(message)
    else if (message.role === 'assistant' || message.role === 'tool') this.#calls.seed(message)
  }

  /** Closes what is open, the innermost first; of one subagent, or all. */
  #closeItems(owner?: string): void {
    const count =
      this.#reasoning.close(owner) + this.#texts.close(owner) + this.#calls.close(owner) + this.#steps.close(owner)
    if (count > 0) this.broken('left-open', `${count} left open.`)
  }

  #finish(event: WireEventOf<'RUN_FINISHED'>): void {
    if (this.#calls.isCut()) {
      const isCanceled = event.outcome?.type === 'cancelled'
      // Who cancels does not wait for the end of a call.
      if (!isCanceled) this.broken('left-open', 'A tool call broke off in the middle of its arguments.')
      return this.#fail({
        type: 'RUN_ERROR',
        code: isCanceled ? 'cancelled' : 'incomplete',
        message: isCanceled ? 'The run was canceled.' : 'The run broke off in the middle of a tool call.',
        ...(event.usage && { usage: event.usage }),
      })
    }
    const given = cleanOutcome(event.outcome, (id) => this.#calls.nameOf(id), this.broken)
    if (given === 'none')
      return this.#fail({ type: 'RUN_ERROR', code: 'incomplete', message: 'The agent ended without saying how.' })
    let outcome = given
    const { outcome: _, usage, result, ...rest } = event
    const waiting = outcome?.type === 'interrupt' ? outcome.interrupts : []
    const left = this.#subagents.close((id) => waiting.filter((one) => one.subagentRunId === id).map((one) => one.id))
    if (left > 0) this.broken('left-open', `${left} subagents were left at work.`)
    this.#closeItems()
    if (outcome === undefined || outcome.type === 'success') outcome = this.#pending(outcome)
    this.emit({
      ...this.#ownIds(rest as WireEventOf<'RUN_FINISHED'>),
      ...(result !== undefined && result !== null && outcome?.type === 'success' && { result }),
      ...(outcome && { outcome }),
      ...this.#usage(usage),
    })
    this.#isOver = true
  }

  /** A run that succeeded leaves only those calls unanswered that the client carries out. */
  #pending(outcome: Extract<WireOutcome, { type: 'success' }> | undefined): WireOutcome {
    const given = new Set((outcome?.pendingToolCallIds ?? []).map((id) => this.#calls.nameOf(id) ?? id))
    const pending: string[] = []
    for (const { toolCallId, name } of this.#calls.unanswered()) {
      if (given.delete(toolCallId) || this.#options.clientTools?.has(name)) pending.push(toolCallId)
      else {
        this.broken('call-unanswered', `The call ${toolCallId} of ${name} has no result.`)
        this.#calls.result({
          type: 'TOOL_CALL_RESULT',
          messageId: this.ids.free(`${toolCallId}-result`),
          toolCallId,
          role: 'tool',
          content: 'The tool gave no result.',
        })
      }
    }
    if (given.size > 0) this.broken('pending-calls', `No such calls are open: ${[...given].join(', ')}.`)
    return { type: 'success', ...(pending.length > 0 && { pendingToolCallIds: pending }) }
  }

  #usage(given: unknown): { usage?: NonNullable<ReturnType<typeof cleanUsage>['usage']> } {
    const { usage, isChanged } = cleanUsage(given)
    if (isChanged) this.broken('usage', 'A count is no whole number.')
    return usage === undefined ? {} : { usage }
  }

  #fail(event: WireEventOf<'RUN_ERROR'>): void {
    const { message, code, usage, ...rest } = event
    const isWhole = typeof message === 'string' && (code === undefined || typeof code === 'string')
    if (!isWhole) this.broken('malformed', 'An error has a message and a code of text.')
    const { subagentRunId: _, ...plain } = rest as typeof rest & { subagentRunId?: unknown }
    this.emit({
      ...plain,
      message: typeof message === 'string' ? message : 'The agent failed.',
      ...(typeof code === 'string' && { code }),
      ...this.#usage(usage),
    })
    this.#isOver = true
  }
}

/** Messages that clients keep although a snapshot does not have them. */
const isKept = (kind: string): boolean => kind === 'activity' || kind === 'reasoning'
