/**
 * Language models of Vercel's AI SDK. Node only: the SDK's providers need streams that components lack.
 *
 * @module
 */
export { fromAiSdk, type FromAiSdkOptions } from './ai-sdk/from-ai-sdk'
export type { AiSdkLanguageModel, AiSdkMetadata } from './ai-sdk/ai-sdk-types'
