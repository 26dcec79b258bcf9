import { type JsonValue, llmPort, PfError, type RunContext } from '@pf-agents/agent-core'
import { slotsOfCall } from './call-slots'

/** Who makes requests for the model: the handler of the run, one of its tool calls, or somebody who only looks on. */
export interface Scope {
  /** The context of the run itself. */
  readonly run: RunContext
  /** The tool calls it is within, outermost first; empty for the handler itself. Two scopes never share one. */
  readonly path: string
  /** Whether requests are kept for when whoever makes them runs again. */
  readonly isKept: boolean
  /** What the handler behind the innermost call names its questions by. */
  readonly slots?: Readonly<Record<string, string>> | undefined
  readonly life: Life
  /** Of a tool call with a time of its own: aborted with the run, too; and when that is over, as the clock says. */
  readonly signal?: AbortSignal | undefined
  readonly until?: number | undefined
}

/** How long a tool call lasts, or all that a run does: what is begun within it begins nothing more once it is over. */
export interface Life {
  isOver: boolean
  readonly outer?: Life
}

const scopes = new WeakMap<RunContext, Scope>()

/** The scope of a context. */
export function scopeOf(context: RunContext): Scope {
  let scope = scopes.get(context)
  if (scope === undefined)
    scopes.set(context, (scope = { run: context, path: '', isKept: true, life: { isOver: false } }))
  return scope
}

/** @throws PfError where the run, or a tool call that this is within, is over or aborted: nothing more may begin then */
export function checkLive(context: RunContext): void {
  if (context.signal.aborted) throw context.signal.reason
  const { run, life } = scopeOf(context)
  let isOver = run.task.status.state !== 'working'
  for (let at: Life | undefined = life; at !== undefined; at = at.outer) isOver ||= at.isOver
  if (isOver)
    throw new PfError(
      'PF_LEASE_LOST',
      'The run or tool call that this belongs to is over: wait for what you begin, or catch this.',
    )
}

/** The context for one tool call: requests made with it are the call's own, told apart from those of all others. */
export function callContext(
  context: RunContext,
  toolCallId: string,
  call: Pick<Scope, 'life' | 'signal' | 'slots' | 'until'>,
): RunContext {
  const scope = scopeOf(context)
  const path = `${scope.path}${nameSegment(toolCallId)}/`
  return scoped({ ...scope, ...call, path, signal: call.signal ?? scope.signal, until: call.until ?? scope.until })
}

/** The context for a skill's handler that is called as a tool: it sees the answers to its own questions alone. */
export function skillContext(context: RunContext, toolCallId: string): RunContext {
  const scope = scopeOf(context)
  return scoped(scope, () => slotsOfCall(context.interrupts, toolCallId, scope.slots))
}

/** The context for hooks and predicates: they are not called again after an answer, so nothing of theirs is kept. */
export function lookingContext(context: RunContext): RunContext {
  return scoped({ ...scopeOf(context), isKept: false })
}

/** A text as one part of a path. */
export function nameSegment(text: string): string {
  return text.replace(/[%/]/g, (char) => (char === '%' ? '%25' : '%2F'))
}

/** The run's own context, but for what depends on who uses it. */
function scoped(scope: Scope, slots?: () => Readonly<Record<string, JsonValue>>): RunContext {
  const context: RunContext = new Proxy(scope.run, {
    // The run's getters read its private fields: they have to be called on it.
    get: (run, name) => {
      if (name === 'llm') return run.services.find(llmPort)?.for(context) ?? run.llm
      const { signal } = scope
      if (signal !== undefined && name === 'signal') return signal
      if (signal !== undefined && name === 'fetch') return fetchUntil(run, signal)
      return name === 'slots' && slots !== undefined ? slots() : Reflect.get(run, name, run)
    },
  })
  scopes.set(context, scope)
  return context
}

/** Requests that say nothing of how long they may take end with the tool call. */
function fetchUntil({ fetch }: RunContext, signal: AbortSignal): RunContext['fetch'] {
  return (input, init = {}) => fetch(input, init.signal || input instanceof Request ? init : { ...init, signal })
}
