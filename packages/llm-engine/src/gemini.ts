/**
 * Google's Gemini. Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { createGemini, type GeminiCallOptions, type GeminiOptions } from './gemini/gemini'
export { geminiModels } from './gemini/models'
