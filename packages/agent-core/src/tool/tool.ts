import type { AnswerTime, Interrupt } from '../interrupt/interrupt'
import type { JsonValue } from '../model/json'
import type { Part } from '../model/part'
import type { Schema, SchemaOutput } from '../schema/schema'
import type { RunContext } from '../runtime/run-context'

const suspensionMark = Symbol.for('pf-agents.suspension')

/** A tool stops the run until somebody outside answers. Made by {@link suspend} alone: JSON of its shape is only JSON. */
export interface Suspension {
  readonly suspend: Omit<Interrupt, 'id' | 'status' | 'toolCallId'> & AnswerTime
}

/**
 * What a tool gives back: JSON, parts, or a suspension. Nothing else it could say has any meaning to the engine: it can
 * not approve, end or redirect a run.
 */
export type ToolResult = JsonValue | { readonly parts: readonly Part[]; readonly isError?: boolean } | Suspension

/** What a tool is called with beside its arguments. */
export interface ToolCall {
  toolCallId: string
  context: RunContext
  /** Aborted by cancel, deadline and the tool's own timeout. */
  signal: AbortSignal
  /** The answer to the suspension of an earlier call with this id. */
  answer?: { status: 'resolved' | 'cancelled'; payload?: JsonValue }
}

/** Something a model may call. MCP, A2A tools, sub-agents and interactive tools are all tools. */
export interface Tool<Arguments = never> {
  name: string
  description: string
  /** Schema of the arguments: Standard Schema or JSON Schema. */
  input?: Schema
  /** Asks somebody before it runs; enforced by the engine. Default false. */
  needsApproval?: boolean | ((args: Arguments, call: ToolCall) => boolean | Promise<boolean>)
  /** Whether it may run beside other calls of the same turn. Default true. */
  parallel?: boolean
  /**
   * Whether a call may be made again with the same arguments and the same answer as if it never was: it only asks, or
   * looks something up. Where the model fails for a while right behind it, its question is asked again, in place of a
   * task that fails. Default false.
   */
  repeatable?: boolean
  /** Milliseconds for one call. Default: the run's deadline only. */
  timeoutMs?: number
  run(args: Arguments, call: ToolCall): ToolResult | Promise<ToolResult>
}

/**
 * Defines a tool, its arguments typed by its schema.
 *
 * @example
 * ```ts
 * const add = defineTool({
 *   name: 'add', description: 'Adds two numbers',
 *   input: jsonSchema<{ a: number; b: number }>({
 *     type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'],
 *   }),
 *   run: ({ a, b }) => a + b,
 * })
 * ```
 */
export function defineTool<const S extends Schema>(
  tool: Omit<Tool<SchemaOutput<S>>, 'input'> & { input: S },
): Tool<SchemaOutput<S>> {
  return tool
}

/**
 * Stops the run with a question; the tool is called again with `call.answer`.
 *
 * @example
 * ```ts
 * run: (args, call) => call.answer ? `Chosen: ${call.answer.payload}` : suspend({ kind: 'input', prompt: 'Which one?' })
 * ```
 */
export function suspend(interrupt: Suspension['suspend']): Suspension {
  return Object.defineProperty({ suspend: interrupt }, suspensionMark, { value: true })
}

/** Whether a value was made by {@link suspend}, of any installed copy. */
export function isSuspension(value: unknown): value is Suspension {
  return typeof value === 'object' && value !== null && suspensionMark in value
}

/** Where tools come from at run time: an MCP client, A2A agents. */
export interface ToolSource {
  /** Names the source in logs and errors. */
  name: string
  tools(context: RunContext): Tool[] | Promise<Tool[]>
}
