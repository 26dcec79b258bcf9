import type { ChatProfile } from './chat-profile'

/** Ollama on this machine. Loads a model first and counts no patience; needs no key. */
export const ollama: ChatProfile = {
  provider: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  headersMs: 300_000,
  idleMs: 120_000,
}

/** vLLM on this machine. Tools need its flags `--enable-auto-tool-choice` and `--tool-call-parser`. */
export const vllm: ChatProfile = {
  provider: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  parallelToolCalls: true,
  echoReasoning: 'tool-turns',
  reasoningField: 'reasoning',
  headersMs: 60_000,
  idleMs: 120_000,
}

/** LM Studio on this machine. */
export const lmStudio: ChatProfile = {
  provider: 'lm-studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  headersMs: 300_000,
  idleMs: 120_000,
}

/** OpenRouter: thoughts go back as they came, cost is its own figure. */
export const openRouter: ChatProfile = {
  provider: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  parallelToolCalls: true,
  strict: true,
  reasoning: 'reasoning',
  echoReasoning: 'always',
  reasoningField: 'reasoning',
  extraBody: { usage: { include: true } },
  requestIdHeader: 'x-generation-id',
}

/** Groq. */
export const groq: ChatProfile = {
  provider: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  maxTokensField: 'max_completion_tokens',
  parallelToolCalls: true,
  echoReasoning: 'tool-turns',
  reasoningField: 'reasoning',
}

/** Together. */
export const together: ChatProfile = {
  provider: 'together',
  baseUrl: 'https://api.together.xyz/v1',
}

/** DeepSeek. A turn that made calls must come back with the thoughts of all its answers, be they empty: else it answers 400. */
export const deepSeek: ChatProfile = {
  provider: 'deepseek',
  baseUrl: 'https://api.deepseek.com/v1',
  output: 'object',
  reasoning: 'none',
  echoReasoning: 'tool-turns',
  echoEmpty: true,
  files: false,
}
