import {
  defineTool,
  type IncomingMessage,
  type LanguageModel,
  type Needs,
  reply,
  type RunContext,
  secret,
} from '@pf-agents/agent-core'
import { createOpenAiResponses } from '@pf-agents/llm-engine/openai'
import { createCompatibleModel, ollama, ollamaUrl } from '@pf-agents/llm-engine/openai-compatible'
import { searchSchema } from './find-flights.ts'
import { cities, flightsBetween } from './flights.ts'

const openAiKey = secret('OPENAI_API_KEY', { optional: true })

/** What the model needs, where there is one. */
export const talkNeeds: Needs = {
  outbound: ['https://api.openai.com', 'http://127.0.0.1:*', 'http://localhost:*'],
  secrets: [openAiKey],
  variables: { OLLAMA_HOST: { optional: true }, MODEL: { optional: true } },
}

/** What the model may do, beside the tools that a page brings: it finds flights. To book one is the skill's alone. */
export const findFlightsTool = defineTool({
  name: 'find_flights',
  description: 'Lists the flights between two cities on a day, the cheapest first.',
  input: searchSchema,
  run: ({ from, to }) => ({ flights: flightsBetween(from, to) }),
})

/**
 * Answers what no skill takes: with a model where a variable names one, else not at all. A handler that asks a model
 * itself decides when, with which tools, and what becomes of the answer.
 */
export async function talk(_message: IncomingMessage, context: RunContext) {
  const model = await modelOf(context)
  if (model === undefined) {
    const skills = context.agent.skills.map(({ id }) => id).join(', ')
    return reply.rejected(`No skill takes this, and there is no model to talk with. Skills: ${skills}.`)
  }
  await context.llm.run({
    model,
    instructions: `You work at a travel desk that knows ${cities.join(', ')}. Be brief. You find flights by your tool. To book one, the traveller writes "Book a trip".`,
    stream: true,
  })
  return undefined
}

async function modelOf({ variable, secret: read }: RunContext): Promise<LanguageModel | undefined> {
  const [key, host, named] = await Promise.all([read(openAiKey), variable('OLLAMA_HOST'), variable('MODEL')])
  if (key) return createOpenAiResponses({ model: named || 'gpt-5-mini', apiKey: key })
  if (host) return createCompatibleModel({ server: ollama, model: named || 'qwen3', baseUrl: ollamaUrl(host) })
  return undefined
}
