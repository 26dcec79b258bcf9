import type { Agent } from '../agent/agent'
import type { Skill } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { JsonValue } from '../model/json'
import type { IncomingMessage } from '../model/message'
import { type Reply, reply } from '../reply/reply'
import { type CompiledSchema, compileSchema, type SchemaResult } from '../schema/schema'
import type { RunContext } from './run-context'

/** URI of the extension by which a message names its skill: `metadata[uri]` is the skill's id. */
export const skillExtensionUri = 'urn:pf-agents:a2a:skill:v1'

/** Slot of the question for a skill's input where the message's does not match the schema. */
export const inputSlot = 'input'

/** Where a message goes. */
export type Route = { to: 'skill'; skill: Skill } | { to: 'agent' } | { to: 'engine' } | { to: 'reply'; reply: Reply }

/** Routes messages of one agent; schemas are compiled once, when the agent is served. */
export class Router {
  readonly #agent: Agent
  readonly #skills: ReadonlyMap<string, Skill>
  readonly #inputs = new Map<string, CompiledSchema>()
  readonly #outputs = new Map<string, CompiledSchema>()

  constructor(agent: Agent) {
    this.#agent = agent
    this.#skills = new Map(agent.skills.map((skill) => [skill.id, skill]))
    for (const skill of agent.skills) {
      if (skill.input !== undefined) this.#inputs.set(skill.id, compileSchema(skill.input))
      if (skill.output !== undefined) this.#outputs.set(skill.id, compileSchema(skill.output))
    }
  }

  skill(id: string | undefined): Skill | undefined {
    return id === undefined ? undefined : this.#skills.get(id)
  }

  output(skill: Skill): CompiledSchema | undefined {
    return this.#outputs.get(skill.id)
  }

  /**
   * Rules 2 to 7 of the design; rule 1, follow-ups, is decided by the task.
   * @throws PfError PF_SKILL_UNKNOWN where the message names a skill the agent has not.
   */
  route(message: IncomingMessage, context: RunContext): Route | Promise<Route> {
    const named = message.metadata?.[skillExtensionUri]
    if (named !== undefined) return { to: 'skill', skill: this.#named(named) }
    if (this.#agent.route === undefined) return this.#unrouted()
    const id = this.#agent.route(message, context)
    return id instanceof Promise ? id.then((one) => this.#chosen(one)) : this.#chosen(id)
  }

  #named(id: JsonValue): Skill {
    const skill = typeof id === 'string' ? this.#skills.get(id) : undefined
    if (skill !== undefined) return skill
    const known = [...this.#skills.keys()].join(', ')
    throw new PfError('PF_SKILL_UNKNOWN', `The agent has no skill ${JSON.stringify(id)}. It has: ${known || 'none'}.`, { details: { skills: [...this.#skills.keys()] } })
  }

  #chosen(id: string | undefined): Route {
    return id === undefined ? this.#unrouted() : { to: 'skill', skill: this.#named(id) }
  }

  #unrouted(): Route {
    const agent = this.#agent
    if (agent.onMessage !== undefined) return { to: 'agent' }
    if (agent.model !== undefined) return { to: 'engine' }
    const only = agent.skills.length === 1 ? agent.skills[0] : undefined
    if (only !== undefined) return { to: 'skill', skill: only }
    const ids = agent.skills.map((skill) => skill.id)
    return { to: 'reply', reply: reply.rejected(`Say which skill you mean: put its id under "${skillExtensionUri}" in the message's metadata. Skills: ${ids.join(', ')}.`) }
  }

  /** The skill's input, checked; or the question for it. An earlier answer to that question goes before the message. */
  input(skill: Skill, message: IncomingMessage, answered: JsonValue | undefined): SkillInput | Promise<SkillInput> {
    const schema = this.#inputs.get(skill.id)
    const given = answered ?? message.data ?? (schema === undefined || schema.takesText ? message.text : undefined)
    if (schema === undefined) return { input: given }
    if (given === undefined) return ask(skill, schema, 'it takes one data part')
    const result = schema.check(given)
    return result instanceof Promise ? result.then((one) => judged(skill, schema, one)) : judged(skill, schema, result)
  }
}

/** What a skill is called with, or the question where there is nothing to call it with. */
export type SkillInput = { input: unknown; ask?: undefined } | { ask: Reply; input?: undefined }

function judged(skill: Skill, schema: CompiledSchema, result: SchemaResult): SkillInput {
  if (result.issues === undefined) return { input: result.value }
  return ask(skill, schema, result.issues.map((issue) => `${issue.path || 'input'}: ${issue.message}`).slice(0, 5).join(' '))
}

function ask(skill: Skill, schema: CompiledSchema, why: string): SkillInput {
  return {
    ask: reply.inputRequired({ prompt: `${skill.name} needs its input: ${why}`, slot: inputSlot, ...(schema.json && { schema: schema.json }) }),
  }
}
