import { type LanguageModel, type ModelCall, mergeNeeds, type Needs, secret } from '@pf-agents/agent-core'
import { createAnthropic } from '@pf-agents/llm-engine/anthropic'
import { createGemini } from '@pf-agents/llm-engine/gemini'
import { createOpenAiResponses } from '@pf-agents/llm-engine/openai'
import { createCompatibleModel, ollama, ollamaUrl } from '@pf-agents/llm-engine/openai-compatible'
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
    make: (model, host) => createCompatibleModel({ server: ollama, model, baseUrl: ollamaUrl(host) }),
  },
]

/** What all of them together may need. None of it is required: a host may have any one of the keys, or no key. */
const needs: Needs = {
  ...mergeNeeds(ways.map(({ make, usual }) => make(usual, 'http://127.0.0.1:11434').needs)),
  secrets: ways
    .filter(({ variable }) => variable.endsWith('_KEY'))
    .map(({ variable }) => secret(variable, { optional: true })),
  variables: { OLLAMA_HOST: { optional: true }, MODEL: { optional: true } },
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

async function chosen({ host }: ModelCall): Promise<LanguageModel> {
  // Read like secrets: what is found is kept out of the run's log.
  const read = async (name: string): Promise<string | undefined> => host?.variables?.get(name)
  for (const { variable, usual, make } of ways) {
    const value = await read(variable)
    if (value) return make((await read('MODEL')) || usual, value)
  }
  return withoutKey
}
