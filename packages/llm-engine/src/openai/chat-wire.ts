import type { LanguageModel } from '@pf-agents/agent-core'
import { createModel } from '../model/create-model'
import type { ClientOptions } from '../model/model-options'
import { profileOf } from '../model/profile-of'
import { wireName } from '../tool/tool-names'
import { thinkingCall } from '../wire/thinking-call'
import type { Wire } from '../wire/wire'
import { ChatDecoder } from './chat-decoder'
import type { ChatDialect } from './chat-dialect'
import type { ChatProfile } from './chat-profile'
import { files } from './chat-messages'
import { chatBody } from './chat-request'
import { defined } from '../wire/json'

/** Where the requests of a model go, and what carries the key. */
export interface ChatAddress {
  url: string
  /** Left out of the body where the address names it. */
  model: string | undefined
  /** Default: nothing, for nobody knows what a server's models take. */
  takesMade?: readonly string[]
  authorization(key: string): Readonly<Record<string, string>>
}

/** A model behind Chat Completions. */
export function createChatModel(
  options: ClientOptions,
  profile: ChatProfile,
  address: ChatAddress,
  dialect?: ChatDialect,
): LanguageModel {
  const wire: Wire = {
    provider: profile.provider,
    modelId: options.model,
    profile: profileOf(profile.models, options.model, options.profile),
    requestIdHeader: profile.requestIdHeader ?? 'x-request-id',
    takes: profile.files === false ? undefined : files,
    takesMade: address.takesMade ?? [],
    request(call) {
      const warnings: string[] = []
      const body = chatBody(thinkingCall(call, wire, warnings), address.model, profile, warnings, dialect)
      return { url: address.url, headers: profile.extraHeaders ?? {}, body, warnings }
    },
    authorization: address.authorization,
    decoder: (context) => new ChatDecoder(context, profile, dialect),
    toolName: (name) => wireName(name),
  }
  const { idleMs, headersMs } = profile
  return createModel(
    wire,
    {
      ...options,
      timeouts: {
        ...defined({ idleMs, headersMs }),
        ...options.timeouts,
      },
    },
    address.url,
  )
}
