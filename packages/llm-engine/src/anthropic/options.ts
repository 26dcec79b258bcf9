import type { ModelOptions } from '../model/model-options'

/** Options of {@link createAnthropic}. */
export interface AnthropicOptions extends ModelOptions {
  /** Fields of every request that the provider alone has. The `providerOptions` of a call go over them. */
  providerOptions?: AnthropicCallOptions
  /** `anthropic-version`. Default `2026-10-21`; under it there are no sampling options, and they are left out. */
  version?: string
  /** `anthropic-beta`. */
  betas?: readonly string[]
  /** How the key is sent. Default `x-api-key`. */
  auth?: 'x-api-key' | 'bearer'
}

/** What Anthropic takes beyond the neutral call. The fields go into the request as they are. */
export interface AnthropicCallOptions {
  service_tier?: 'auto' | 'standard_only'
  metadata?: { user_id?: string | null }
  /** Caches up to the last block that can be, and moves on with the conversation. */
  cache_control?: { type: 'ephemeral'; ttl?: '5m' | '1h' }
  context_management?: object
  container?: string
  /** Anything else. */
  [field: string]: unknown
}

/** The first version without sampling options. */
export const currentVersion = '2026-10-21'
