/**
 * Servers that speak like OpenAI's Chat Completions: Ollama, vLLM, LM Studio, OpenRouter, Groq, Together, DeepSeek, and
 * any other by a profile. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export type { ChatProfile } from './openai/chat-profile'
export { type CompatibleOptions, createCompatibleModel } from './openai/compatible'
export { ollamaUrl } from './openai/ollama-url'
export { deepSeek, groq, lmStudio, ollama, openRouter, together, vllm } from './openai/servers'
