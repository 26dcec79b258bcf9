import {
  type Agent,
  type ClientTool,
  type JsonObject,
  missingScopes,
  type ModelTool,
  PfError,
  type RunContext,
  type Schema,
  type Tool,
  type ToolSource,
  toolSourcesPort,
} from '@pf-agents/agent-core'
import { type ObjectSchema, objectSchema } from '../output/object-schema'
import { isObject } from '../wire/json'

/** Something the model may call, made ready. */
export interface ReadyTool {
  readonly shown: ModelTool
  /** Absent where any object will do. */
  readonly input?: ObjectSchema
  /** Absent where the caller carries it out. */
  readonly tool?: Tool
}

/** All that the model may call, by name. The list is in the order of the names, so that prompts stay the same. */
export interface Toolbox {
  readonly byName: ReadonlyMap<string, ReadyTool>
  readonly shown: readonly ModelTool[]
}

const anything: JsonObject = { type: 'object', properties: {} }

/** Makes tools ready, each once. */
export class Toolmaker {
  readonly #ready = new WeakMap<Tool, ReadyTool>()
  readonly #skills = new WeakMap<Agent, readonly Tool[]>()
  readonly #skillTools: (agent: Agent) => readonly Tool[]

  /** @param skillTools - an agent's skills as tools, each named as its skill */
  constructor(skillTools: (agent: Agent) => readonly Tool[]) {
    this.#skillTools = skillTools
  }

  /** @throws PfError PF_CONFIG_INVALID where the name or the schema can not be used */
  ready(tool: Tool): ReadyTool {
    let ready = this.#ready.get(tool)
    if (ready === undefined) this.#ready.set(tool, (ready = makeReady(tool)))
    return ready
  }

  /** What the agent's own model may call in this run. */
  async forAgent(agent: Agent, context: RunContext, options: { skills: boolean }): Promise<Toolbox> {
    const tools = [...toolsOf(agent)]
    if (options.skills) tools.push(...this.skillsFor(agent, context))
    const sources = context.services.find(toolSourcesPort)
    if (sources?.length) tools.push(...(await sourceTools(sources, context)))
    return this.box(tools, context.clientTools, context)
  }

  /** A box of these. @throws PfError PF_CONFIG_INVALID where two have one name */
  box(tools: readonly Tool[], clientTools: readonly ClientTool[] = [], context?: RunContext): Toolbox {
    const byName = new Map<string, ReadyTool>()
    for (const tool of tools) {
      if (typeof tool !== 'object' || tool === null)
        throw invalid(`Among the tools there is ${String(tool)}. Is one imported that its module does not export?`)
      if (byName.has(tool.name)) throw invalid(`Two tools have the name "${tool.name}". Give one of them another name.`)
      byName.set(tool.name, this.ready(tool))
    }
    for (const tool of clientTools) {
      // What the caller brings never stands in for what the agent has.
      if (byName.has(tool.name))
        context?.log('warn', 'A tool of the client was left out: the agent has one of its name.')
      else byName.set(tool.name, readyClientTool(tool))
    }
    const names = [...byName.keys()].sort()
    return { byName, shown: names.map((name) => (byName.get(name) as ReadyTool).shown) }
  }

  /** The skills that the caller may use; the others are not shown to the model. */
  skillsFor(agent: Agent, { principal }: RunContext): Tool[] {
    const tools = this.skills(agent)
    return tools.filter(
      (_, index) => missingScopes(agent.skills[index] as Agent['skills'][number], principal).length === 0,
    )
  }

  /** All skills of an agent, in its order. */
  skills(agent: Agent): readonly Tool[] {
    let tools = this.#skills.get(agent)
    if (tools === undefined) this.#skills.set(agent, (tools = this.#skillTools(agent)))
    return tools
  }
}

/** An agent's own tools. @throws PfError PF_CONFIG_INVALID where they are no list */
export function toolsOf({ tools = [] }: Agent): readonly Tool[] {
  if (Array.isArray(tools)) return tools as readonly Tool[]
  throw invalid('The tools of an agent are a list: tools: [add, pay].')
}

/** Whether a time limit is none, or milliseconds. */
export function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value) && value > 0)
}

async function sourceTools(sources: readonly ToolSource[], context: RunContext): Promise<Tool[]> {
  return (await Promise.all(sources.map(async (source) => source.tools(context)))).flat()
}

function makeReady(tool: Tool): ReadyTool {
  const { name, description } = tool
  if (typeof name !== 'string' || name === '') throw invalid('A tool has no name.')
  if (typeof tool.run !== 'function') throw invalid(`The tool "${name}" has no run function.`)
  if (!isTime(tool.timeoutMs)) throw invalid(`timeoutMs of the tool "${name}" must be milliseconds above 0.`)
  if (tool.input === undefined) return { tool, shown: { name, description, parameters: anything } }
  const input = objectSchema(tool.input as Schema, `the tool "${name}"`)
  return { tool, input, shown: { name, description, parameters: input.shown } }
}

function readyClientTool({ name, description, parameters }: ClientTool): ReadyTool {
  if (!isObject(parameters)) return { shown: { name, description, parameters: anything } }
  try {
    const input = objectSchema(parameters, `the client's tool "${name}"`)
    return { input, shown: { name, description, parameters: input.shown } }
  } catch (error) {
    // The schema is the caller's, and so is the mistake.
    throw new PfError('PF_REQUEST_INVALID', (error as Error).message, { cause: error })
  }
}

function invalid(message: string): PfError {
  return new PfError('PF_CONFIG_INVALID', message)
}
