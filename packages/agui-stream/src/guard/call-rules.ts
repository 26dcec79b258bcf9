import type { WireEventOf, WireMessage } from '../wire/event'
import { continued, type GuardScope, tagged } from './scope'

/** Characters of arguments that are kept to see whether they are JSON in the end. */
const argumentLimit = 1_048_576

interface Call {
  readonly name: string
  readonly owner: string | undefined
  /** Made in this run, rather than before it. */
  readonly isOwn: boolean
  isOpen: boolean
  isAnswered: boolean
  /** What came so far; `undefined` where it is too long to look at. */
  text: string | undefined
}

/** Tool calls: each id once, arguments while it is open, one result for a call that there was. */
export class CallRules {
  readonly #scope: GuardScope
  /** By the id on the wire. */
  readonly #calls = new Map<string, Call>()
  /** Under which id the calls of an agent go. */
  readonly #names = new Map<string, string>()

  constructor(scope: GuardScope) {
    this.#scope = scope
  }

  /** Takes in the calls of a message that the client holds. */
  seed(message: WireMessage): void {
    if (message.role === 'assistant')
      for (const { id, function: called } of message.toolCalls ?? [])
        this.#seedCall(id, {
          name: called.name,
          owner: message.subagentRunId,
          isOwn: false,
          isOpen: false,
          isAnswered: false,
          text: '',
        })
    if (message.role === 'tool') {
      const call = this.#calls.get(message.toolCallId)
      if (call !== undefined) call.isAnswered = true
    }
  }

  #seedCall(id: string, call: Call): void {
    if (this.#calls.has(id)) return
    this.#calls.set(id, call)
    this.#names.set(id, id)
  }

  get isAnyOpen(): boolean {
    return [...this.#calls.values()].some((call) => call.isOpen)
  }

  has(toolCallId: string): boolean {
    return this.#names.has(toolCallId)
  }

  /** Whose a call is, by its id on the wire. */
  ownerOf(toolCallId: string): string | undefined {
    return this.#calls.get(toolCallId)?.owner
  }

  /** The id on the wire. */
  nameOf(toolCallId: string): string | undefined {
    return this.#names.get(toolCallId)
  }

  start(event: WireEventOf<'TOOL_CALL_START'>): void {
    const { ids, broken, ownerOf, emit } = this.#scope
    const given = event.toolCallId
    if (event.toolCallName === '') return broken('malformed', 'A tool call has no name.')
    const before = this.#calls.get(this.#names.get(given) ?? '')
    if (before?.isOpen) return broken('call-opened-twice', `The call ${given} is open already.`)
    let toolCallId = given
    // Also where another call goes by it that had to be given another id.
    if (this.#calls.has(given)) {
      broken('call-id-reused', `There was a call ${given} already.`)
      for (let count = 2; this.#calls.has(toolCallId); count++) toolCallId = `${given}-${count}`
    }
    const owner = ownerOf(event)
    this.#calls.set(toolCallId, {
      name: event.toolCallName,
      owner,
      isOwn: true,
      isOpen: true,
      isAnswered: false,
      text: '',
    })
    this.#names.set(given, toolCallId)
    const parent = this.#parent(event.parentMessageId, owner) ?? this.#ownParent(toolCallId, owner)
    // The client makes a message for the call where there is none.
    const holder = parent ?? toolCallId
    if (ids.kind(holder) === undefined) ids.note(holder, 'assistant', owner)
    if (toolCallId === given && parent === event.parentMessageId) return emit(tagged(event, owner))
    const { parentMessageId: _, ...rest } = event
    emit(tagged({ ...rest, toolCallId, ...(parent !== undefined && { parentMessageId: parent }) }, owner))
  }

  /**
   * A call of no message gets one of its own id from the client, also where there is a message of that id: then it is told
   * which it belongs to.
   */
  #ownParent(toolCallId: string, owner: string | undefined): string | undefined {
    const { ids } = this.#scope
    const kind = ids.kind(toolCallId)
    if (kind === undefined) return undefined
    const isOwn = kind === 'assistant' && ids.owner(toolCallId) === owner
    return isOwn ? toolCallId : ids.free(`${toolCallId}-call`)
  }

  #parent(given: string | undefined, owner: string | undefined): string | undefined {
    if (given === undefined || given === null) return undefined
    const { ids, broken } = this.#scope
    const id = ids.resolve(given, 'assistant')
    if (ids.isTaken(id, 'assistant')) broken('call-parent', `${given} is no message of the agent.`)
    else if (ids.kind(id) !== undefined && ids.owner(id) !== owner)
      broken('call-parent', `The message ${given} belongs to somebody else.`)
    else return id
    return undefined
  }

  args(event: WireEventOf<'TOOL_CALL_ARGS'>): void {
    const { broken, emit } = this.#scope
    const toolCallId = this.#names.get(event.toolCallId)
    const call = this.#calls.get(toolCallId ?? '')
    if (toolCallId === undefined || !call?.isOpen)
      return broken('call-not-open', `The call ${event.toolCallId} is not open.`)
    if (event.delta === '') return
    if (call.text !== undefined) {
      call.text += event.delta
      if (call.text.length > argumentLimit) call.text = undefined
    }
    emit(continued(this.#scope, toolCallId === event.toolCallId ? event : { ...event, toolCallId }, call.owner))
  }

  end(event: WireEventOf<'TOOL_CALL_END'>): void {
    const { broken, emit } = this.#scope
    const toolCallId = this.#names.get(event.toolCallId)
    const call = this.#calls.get(toolCallId ?? '')
    if (toolCallId === undefined || !call?.isOpen)
      return broken('call-not-open', `The call ${event.toolCallId} is not open.`)
    // A call without arguments is one with none: an empty text is no JSON.
    if (call.text === '') this.args({ type: 'TOOL_CALL_ARGS', toolCallId: event.toolCallId, delta: '{}' })
    else if (!isJson(call.text)) broken('call-arguments', `The arguments of ${event.toolCallId} are no JSON.`)
    call.isOpen = false
    call.text = undefined
    emit(continued(this.#scope, toolCallId === event.toolCallId ? event : { ...event, toolCallId }, call.owner))
  }

  result(event: WireEventOf<'TOOL_CALL_RESULT'>): void {
    const { ids, broken, emit } = this.#scope
    const toolCallId = this.#names.get(event.toolCallId)
    const call = this.#calls.get(toolCallId ?? '')
    if (toolCallId === undefined || call === undefined)
      return broken('result-without-call', `There was no call ${event.toolCallId}.`)
    if (call.isOpen) {
      broken('call-not-open', `The call ${event.toolCallId} has a result before its end.`)
      this.end({ type: 'TOOL_CALL_END', toolCallId: event.toolCallId })
    }
    if (call.isAnswered) return broken('result-twice', `The call ${event.toolCallId} has a result already.`)
    let { messageId } = event
    if (ids.kind(messageId) !== undefined) {
      broken('message-id-reused', `The result of ${event.toolCallId} has the id of another message.`)
      messageId = ids.free(`${messageId}-result`)
    }
    ids.note(messageId, 'tool', call.owner)
    call.isAnswered = true
    const isSame = messageId === event.messageId && toolCallId === event.toolCallId && event.role === 'tool'
    emit(tagged(isSame ? event : { ...event, messageId, toolCallId, role: 'tool' as const }, call.owner))
  }

  /** Whether some call is open whose arguments are no JSON: it can't be closed without telling something wrong. */
  isCut(owner?: string): boolean {
    return [...this.#calls.values()].some(
      (call) => call.isOpen && call.text !== '' && !isJson(call.text) && (owner === undefined || call.owner === owner),
    )
  }

  /** Closes what is open, the innermost first; of one subagent, or all. */
  close(owner?: string): number {
    let count = 0
    for (const [given, toolCallId] of [...this.#names].reverse()) {
      const call = this.#calls.get(toolCallId)
      if (!call?.isOpen || (owner !== undefined && call.owner !== owner)) continue
      this.end({ type: 'TOOL_CALL_END', toolCallId: given })
      count++
    }
    return count
  }

  /** Calls of this run without a result: id on the wire and name. */
  unanswered(): { toolCallId: string; name: string }[] {
    return [...this.#calls]
      .filter(([, call]) => call.isOwn && !call.isAnswered)
      .map(([toolCallId, { name }]) => ({ toolCallId, name }))
  }
}

function isJson(text: string | undefined): boolean {
  if (text === undefined) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
