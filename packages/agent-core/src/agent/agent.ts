import { PfError } from '../error/pf-error'
import type { IncomingMessage } from '../model/message'
import type { LanguageModel } from '../port/language-model'
import type { RunContext } from '../runtime/run-context'
import type { Schema } from '../schema/schema'
import type { Tool } from '../tool/tool'
import { mergeNeeds, type Needs } from './needs'
import { parseOutbound } from './outbound'
import type { HandlerResult, Skill } from './skill'

/** Who offers the agent. */
export interface AgentProvider {
  organization: string
  url: string
}

/** What a run may use at most. Each is hard: the run fails with PF_BUDGET_EXCEEDED. */
export interface BudgetLimits {
  turns?: number
  toolCalls?: number
  /** Input and output tokens together. */
  tokens?: number
  costUsd?: number
  /** Milliseconds of wall clock. */
  wallMs?: number
}

/** What {@link defineAgent} takes. Plain data and functions; nothing happens at import. */
export interface AgentDefinition {
  /** Name on the card. */
  name: string
  /** One sentence on what it is for. */
  description: string
  /** The agent's own version. */
  version: string
  skills?: readonly Skill[]
  /** What a model is told about its role. */
  instructions?: string
  /** Picks the skill for a message: its id, or `undefined` to go on with the next rule. */
  route?: (message: IncomingMessage, context: RunContext) => string | undefined | Promise<string | undefined>
  /** Answers every message that no earlier rule takes. */
  onMessage?: (message: IncomingMessage, context: RunContext) => HandlerResult
  /** Runs the loop over this model; needs a feature that provides an engine, such as llm-engine. */
  model?: LanguageModel
  /** What the model may call. */
  tools?: readonly Tool[]
  /** Schema of the data that the model's answer is; default text. A skill has its own. */
  output?: Schema
  needs?: Needs
  provider?: AgentProvider
  documentationUrl?: string
  iconUrl?: string
  /** Default `text/plain` and `application/json`. */
  inputModes?: readonly string[]
  /** Default `text/plain` and `application/json`. */
  outputModes?: readonly string[]
  budget?: BudgetLimits
  /** Milliseconds a run may take. Default 10 minutes on Node; a component's host sets its own. */
  deadlineMs?: number
}

/** A checked agent. */
export interface Agent extends AgentDefinition {
  readonly skills: readonly Skill[]
  readonly inputModes: readonly string[]
  readonly outputModes: readonly string[]
}

const defaultModes = ['text/plain', 'application/json']

/**
 * Defines an agent: the same file serves on Node and as a component.
 *
 * @throws PfError PF_CONFIG_INVALID where a name is missing, a skill id is used twice, nothing can answer, or a limit or
 * an outbound host is not valid.
 * @example
 * ```ts
 * export default defineAgent({
 *   name: 'echo', description: 'Echoes', version: '1.0.0',
 *   onMessage: (message) => reply.text(`Echo: ${message.text}`),
 * })
 * ```
 */
export function defineAgent(definition: AgentDefinition): Agent {
  const skills = definition.skills ?? []
  for (const field of ['name', 'description', 'version'] as const) {
    if (typeof definition[field] !== 'string' || definition[field] === '') throw invalid(`The agent needs a ${field}.`)
  }
  const seen = new Set<string>()
  for (const skill of skills) {
    if (!skill.id || !skill.name) throw invalid('Every skill needs an id and a name.')
    if (seen.has(skill.id)) throw invalid(`Two skills have the id "${skill.id}".`)
    seen.add(skill.id)
    if (skill.handler === undefined && definition.model === undefined) {
      throw invalid(`The skill "${skill.id}" has no handler, and the agent has no model that could do it.`)
    }
  }
  if (skills.length === 0 && definition.onMessage === undefined && definition.model === undefined) {
    throw invalid('The agent can not answer: give it onMessage, a skill with a handler, or a model.')
  }
  const { budget, deadlineMs, model } = definition
  // What one of them alone needs is not copied: agents may be made by the thousand.
  const needs =
    definition.needs && model?.needs ? mergeNeeds([definition.needs, model.needs]) : (definition.needs ?? model?.needs)
  checkLimits(budget)
  checkLimit('deadlineMs', deadlineMs)
  checkLimit('memoryMb', needs?.memoryMb)
  for (const pattern of needs?.outbound ?? []) parseOutbound(pattern)
  return Object.freeze({
    ...definition,
    ...(needs && { needs }),
    skills,
    inputModes: definition.inputModes ?? defaultModes,
    outputModes: definition.outputModes ?? defaultModes,
  })
}

function checkLimits(budget: BudgetLimits = {}): void {
  for (const name of Object.keys(budget) as (keyof BudgetLimits)[]) checkLimit(name, budget[name])
}

function checkLimit(name: string, limit: number | undefined): void {
  if (limit !== undefined && !(limit > 0)) throw invalid(`The limit ${name} must be a number above 0.`)
}

function invalid(message: string): PfError {
  return new PfError('PF_CONFIG_INVALID', message)
}
