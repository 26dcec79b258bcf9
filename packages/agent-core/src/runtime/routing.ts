import type { Agent } from '../agent/agent'
import type { Skill } from '../agent/skill'
import { PfError } from '../error/pf-error'
import type { JsonValue } from '../model/json'
import type { IncomingMessage, Message } from '../model/message'
import { textOf } from '../model/part'
import type { Awaitable } from '../port/run-store'
import type { Reply } from '../reply/reply'
import { type CompiledSchema, compileSchema } from '../schema/schema'
import { chain } from './awaitable'
import { describeIssues } from './describe-issues'
import type { RunContext } from './run-context'

/** URI of the extension by which a message names its skill: `metadata[uri]` is the skill's id. */
export const skillExtensionUri = 'urn:pf-agents:a2a:skill:v1'

/** Characters of an unknown id that are told. */
const SHOWN = 100

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
  /** How much work a check of what a caller sends may be. */
  readonly schemaSteps: number | undefined

  /** @param schemaSteps - see `RuntimeOptions` */
  constructor(agent: Agent, schemaSteps?: number) {
    this.#agent = agent
    this.schemaSteps = schemaSteps
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
   * The skill that a message names (rule 2; rule 1, follow-ups, is decided by the task).
   * @throws PfError PF_SKILL_UNKNOWN where the agent has no such skill.
   */
  named(message: IncomingMessage): Route | undefined {
    const named = message.metadata?.[skillExtensionUri]
    return named === undefined ? undefined : { to: 'skill', skill: this.#named(named) }
  }

  /** Rules 3 to 7, for a message that names no skill. @throws PfError PF_SKILL_UNKNOWN where `route` names no skill of the agent. */
  route(message: IncomingMessage, context: RunContext): Awaitable<Route> {
    if (this.#agent.route === undefined) return this.#unrouted()
    return chain(this.#agent.route(message, context), (id) => this.#chosen(id))
  }

  #named(id: JsonValue): Skill {
    const skill = typeof id === 'string' ? this.#skills.get(id) : undefined
    if (skill !== undefined) return skill
    const known = [...this.#skills.keys()].join(', ')
    // What a caller sent goes into its answer and into the log: no more of it than tells it apart.
    const shown = typeof id === 'string' && id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : id
    throw new PfError(
      'PF_SKILL_UNKNOWN',
      `The agent has no skill ${JSON.stringify(shown)}. It has: ${known || 'none'}.`,
      {
        details: { skills: [...this.#skills.keys()] },
      },
    )
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
    const text = `Say which skill you mean: put its id under "${skillExtensionUri}" in the message's metadata. Skills: ${ids.join(', ')}.`
    return { to: 'reply', reply: { reply: 'rejected', parts: [{ text }] } }
  }

  /** What a message gives a skill: its one data part, or its text where the skill takes text. */
  given(skill: Skill, { parts }: Message): JsonValue | undefined {
    const data = parts.filter((part) => part.data !== undefined)
    if (data.length > 0) return data.length === 1 ? data[0]?.data : undefined
    const schema = this.#inputs.get(skill.id)
    if (schema === undefined) return textOf(parts)
    return schema.takesText && parts.some((part) => part.text !== undefined) ? textOf(parts) : undefined
  }

  /** The skill's input, as its schema makes it; or the question for one that fits. */
  input(skill: Skill, given: JsonValue | undefined): Awaitable<SkillInput> {
    const schema = this.#inputs.get(skill.id)
    if (schema === undefined) return { input: given }
    return chain(schema.check(given, this.schemaSteps), (result): SkillInput => {
      if (result.issues === undefined) return { input: result.value }
      return ask(
        skill,
        schema,
        given === undefined ? 'send one data part that matches the schema.' : describeIssues(result.issues, 'input'),
      )
    })
  }
}

/** What a skill is called with, or the question where there is nothing to call it with. */
export type SkillInput = { input: unknown; ask?: undefined } | { ask: Reply; input?: undefined }

function ask(skill: Skill, schema: CompiledSchema, why: string): SkillInput {
  const prompt = `${skill.name} needs its input: ${why}`
  const question = { kind: 'input' as const, prompt, slot: inputSlot, ...(schema.json && { schema: schema.json }) }
  return { ask: { reply: 'suspended', state: 'input-required', interrupts: [question] } }
}
