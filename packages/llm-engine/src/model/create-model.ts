import {
  type AbortSource,
  type LanguageModel,
  type ModelCall,
  type ModelStreamPart,
  type Needs,
  PfError,
} from '@pf-agents/agent-core'
import { nameTable } from '../tool/tool-names'
import { ownPrompt } from '../wire/own-prompt'
import type { Wire, WireRequest } from '../wire/wire'
import { resolveKey } from './api-key'
import { runAttempts } from './attempts'
import { Exchange } from './exchange'
import type { ClientOptions, ModelOptions } from './model-options'
import { PartStream } from './part-stream'

/** Makes a model of a wire: attempts, waits, timers and keys are the same for all. */
export function createModel(wire: Wire, options: ClientOptions, baseUrl: string): LanguageModel {
  return {
    provider: wire.provider,
    modelId: wire.modelId,
    profile: wire.profile,
    needs: needsOf(options, baseUrl),
    stream: (call) => new PartStream(call.signal, (signal) => batches(wire, options, call, signal)),
  }
}

function batches(
  wire: Wire,
  options: ClientOptions,
  call: ModelCall,
  signal: AbortSource,
): AsyncGenerator<ModelStreamPart[], undefined, undefined> {
  const { maxEventLength = 8 * 1024 * 1024, maxArgumentsLength = 4 * 1024 * 1024 } = options
  const toolName = nameTable(toolNames(call), wire.toolName)
  let request: WireRequest | undefined
  return runAttempts(wire, options, call, signal, ({ host, timeouts }) => {
    const { fetch = globalThis.fetch, clock, random } = host
    request ??= requestOf(wire, options, call)
    return new Exchange({
      wire,
      request,
      key: () => resolveKey(options.apiKey, host),
      timeouts,
      toolName,
      fetch,
      clock,
      random,
      signal,
      maxEventLength,
      maxArgumentsLength,
    })
  })
}

function requestOf(wire: Wire, options: ClientOptions, call: ModelCall): WireRequest {
  const lost: string[] = []
  const messages = ownPrompt(call.messages, wire, lost)
  const request = wire.request(withOwn({ ...call, messages }, wire.provider, options.providerOptions))
  return {
    ...request,
    headers: { ...request.headers, ...lowerCase(options.headers), ...lowerCase(call.headers) },
    warnings: [...new Set([...lost, ...request.warnings])],
  }
}

function withOwn(call: ModelCall, provider: string, own: object | undefined): ModelCall {
  if (own === undefined) return call
  const { providerOptions } = call
  return { ...call, providerOptions: { ...providerOptions, [provider]: { ...own, ...providerOptions?.[provider] } } }
}

/** Names in one case, so that a header given twice is one header. */
function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function* toolNames(call: ModelCall): Iterable<string> {
  for (const { name } of call.tools ?? []) yield name
}

/** @throws PfError PF_CONFIG_INVALID where the address is none, or holds a password: it would be told in errors */
function needsOf({ apiKey }: ModelOptions, baseUrl: string): Needs {
  try {
    const { origin, username, password } = new URL(baseUrl)
    if (!username && !password) return { outbound: [origin], ...(typeof apiKey === 'object' && { secrets: [apiKey] }) }
  } catch {
    // It is told below: what is thrown here repeats the address.
  }
  throw new PfError('PF_CONFIG_INVALID', 'The address of a model must be a URL, without a password.')
}
