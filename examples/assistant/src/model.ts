import { type LanguageModel, type ModelCall, mergeNeeds, type Needs, PfError } from '@pf-agents/agent-core'
import { createAnthropic } from '@pf-agents/llm-engine/anthropic'
import { createGemini } from '@pf-agents/llm-engine/gemini'
import { createOpenAiResponses } from '@pf-agents/llm-engine/openai'
import { createCompatibleModel, ollama } from '@pf-agents/llm-engine/openai-compatible'
import { withoutKey } from './without-key.ts'

/** One way to a model: it is taken where its variable is set. */
interface Way {
  variable: string
  /** The model's name, where `MODEL` says none. */
  usual: string
  make(model: string, value: string): LanguageModel
}

const ways: readonly Way[] = [
  {
    variable: 'OPENAI_API_KEY',
    usual: 'gpt-5-mini',
    make: (model, apiKey) => createOpenAiResponses({ model, apiKey }),
  },
  {
    variable: 'ANTHROPIC_API_KEY',
    usual: 'claude-sonnet-4-5',
    make: (model, apiKey) => createAnthropic({ model, apiKey }),
  },
  { variable: 'GEMINI_API_KEY', usual: 'gemini-2.5-flash', make: (model, apiKey) => createGemini({ model, apiKey }) },
  {
    variable: 'OLLAMA_HOST',
    usual: 'qwen3',
    make: (model, host) => createCompatibleModel({ server: ollama, model, baseUrl: `${host.replace(/\/+$/, '')}/v1` }),
  },
]

/** What all of them together may need; a key is not required, so that it is no secret that a host has to bring. */
const needs: Needs = {
  ...mergeNeeds(ways.map(({ make, usual }) => make(usual, 'http://127.0.0.1:11434').needs)),
  variables: Object.fromEntries(
    [...ways.map(({ variable }) => variable), 'MODEL'].map((variable) => [variable, { default: '' }]),
  ),
  memoryMb: 96,
}

/**
 * The model whose key is there when it is asked; without any, one that follows a script. The agent's file is the same
 * for every place it runs in, so the choice is made by the call, not when the file is loaded.
 */
export const model: LanguageModel = {
  provider: 'by-variable',
  modelId: 'by-variable',
  // What all of them can.
  profile: { tools: true },
  needs: { ...needs, outbound: [...(needs.outbound ?? []), 'http://127.0.0.1:*', 'http://localhost:*'] },
  async *stream(call) {
    yield* (await chosen(call)).stream(call)
  },
}

async function chosen(call: ModelCall): Promise<LanguageModel> {
  for (const { variable, usual, make } of ways) {
    const value = await valueOf(variable, call)
    if (value !== undefined) return make((await valueOf('MODEL', call)) ?? usual, value)
  }
  return withoutKey
}

/** A variable's value in the run that calls, where it has one. It is kept out of the run's log. */
async function valueOf(variable: string, { host }: ModelCall): Promise<string | undefined> {
  try {
    return (await host?.variables?.get(variable)) || undefined
  } catch (error) {
    if (PfError.is(error, 'PF_SECRET_MISSING')) return undefined
    throw error
  }
}
