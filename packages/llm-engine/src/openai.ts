/**
 * OpenAI, by itself and on Azure. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export type { OpenAiChatOptions } from './openai/chat-profile'
export { type AzureOptions, createAzureChat, createOpenAiChat, type OpenAiOptions } from './openai/openai-chat'
export { openAiModels } from './openai/openai-models'
export { createAzureResponses, createOpenAiResponses, type OpenAiResponsesOptions } from './openai/openai-responses'
