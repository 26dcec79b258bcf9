/**
 * The language models of the AI SDK, as far as the bridge reads them: specification v4, and v3 and v2 where they differ.
 * By shape, so that no version of `@ai-sdk/provider` has to be installed.
 */
export interface AiSdkLanguageModel {
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  readonly provider: string
  readonly modelId: string
  /** Addresses that it loads itself, by media type. */
  readonly supportedUrls?: Urls | PromiseLike<Urls>
  doStream(options: object): PromiseLike<{
    stream: ReadableStream<unknown>
    response?: { headers?: Record<string, string> | undefined } | undefined
  }>
}

type Urls = Record<string, RegExp[]>

/** By provider of the AI SDK, such as `anthropic`. */
export type AiSdkMetadata = Record<string, Record<string, unknown>>

/** A part of a stream. Which fields there are, the type says; what is not known is skipped. */
export interface AiSdkPart {
  type: string
  id?: string
  delta?: string
  toolCallId?: string
  toolName?: string
  input?: string
  providerExecuted?: boolean
  providerMetadata?: AiSdkMetadata
  mediaType?: string
  /** v4: tagged; before: bytes, or base64. */
  data?: unknown
  kind?: string
  result?: unknown
  preliminary?: boolean
  warnings?: AiSdkWarning[]
  modelId?: string
  usage?: AiSdkUsage
  finishReason?: string | { unified: string; raw?: string | undefined }
  error?: unknown
}

/** Something of the call that was not heeded. */
export interface AiSdkWarning {
  type: string
  feature?: string
  setting?: string
  details?: string
  message?: string
}

/** v3 and v4: in groups; v2: plain numbers. */
export interface AiSdkUsage {
  inputTokens?: number | { total?: number; cacheRead?: number; cacheWrite?: number }
  outputTokens?: number | { total?: number; reasoning?: number }
  reasoningTokens?: number
  cachedInputTokens?: number
  raw?: object
}
