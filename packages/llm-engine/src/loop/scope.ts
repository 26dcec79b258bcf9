import { type JsonValue, llmPort, type RunContext } from '@pf-agents/agent-core'
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
}

const scopes = new WeakMap<RunContext, Scope>()

/** The scope of a context. */
export function scopeOf(context: RunContext): Scope {
  return scopes.get(context) ?? { run: context, path: '', isKept: true }
}

/** The context for one tool call: requests made with it are the call's own, told apart from those of all others. */
export function callContext(context: RunContext, toolCallId: string, slots?: Scope['slots']): RunContext {
  const { run, path, isKept } = scopeOf(context)
  return scoped({ run, path: `${path}${nameSegment(toolCallId)}/`, isKept, slots })
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
      return name === 'slots' && slots !== undefined ? slots() : Reflect.get(run, name, run)
    },
  })
  scopes.set(context, scope)
  return context
}
