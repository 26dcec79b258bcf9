/**
 * An agent and its features put together into an app that answers HTTP requests, on Hono.
 * Neutral: runs on Node (serve it with `@pf-agents/app/node`) and inside a WebAssembly component (`@pf-agents/app/wasm`).
 *
 * @module
 */
export { type App, type AppCore, type Arrival, appCore, type FetchContext } from './app'
export { createApp } from './create-app'
export type { AgentDefinitionDocument, AgentDocument, SkillDocument } from './describe'
export { errorResponse } from './error-response'
export type { HostServices } from './host'
export type { AppLimits, AppOptions } from './options'
export { definePreset } from './preset/define-preset'
export type {
  FeatureFactory,
  Preset,
  PresetDefinition,
  PresetFeature,
  PresetFeatures,
  PresetOptions,
} from './preset/preset'
export type { Agents } from './tenants'
