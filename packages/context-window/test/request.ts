import {
  createMemoryKeyValue,
  type ContextRequest,
  type KeyValue,
  keyValuePort,
  type JsonValue,
  type LanguageModel,
  type RunContext,
} from '@pf-agents/agent-core'
import { Budget } from '@pf-agents/agent-core'
import { createTestPorts } from '@pf-agents/agent-core/testing'
import { bind } from '@pf-agents/agent-core'

/** A context as far as strategies use it: over a memory store, with a log and the usage that was told. */
export interface TestContext extends RunContext {
  readonly logs: { level: string; message: string; fields: Record<string, unknown> | undefined }[]
  readonly used: unknown[]
}

/** Makes a context of one conversation. */
export function testContext(
  options: { keyValue?: KeyValue; contextId?: string; principal?: string; budget?: Budget; signal?: AbortSignal } = {},
): TestContext {
  const keyValue = options.keyValue ?? createMemoryKeyValue()
  const { contextId = 'c1', principal = 'p1', budget = new Budget(), signal = new AbortController().signal } = options
  const logs: TestContext['logs'] = []
  const used: unknown[] = []
  const keyOf = (key: string) => `context/${principal}/${contextId}/${key}`
  const context = {
    contextId,
    tenant: '',
    principal: { id: principal },
    budget,
    signal,
    services: createTestPorts({ bindings: [bind(keyValuePort, keyValue)] }).ports,
    log: (level: string, message: string, fields?: Record<string, unknown>) => logs.push({ level, message, fields }),
    emit(event: { type: string; usage?: object }) {
      used.push(event)
      if (event.usage) {
        budget.add(event.usage)
        budget.check()
      }
    },
    fetch: () => Promise.reject(new Error('no network')),
    secret: () => Promise.reject(new Error('no secrets')),
    state: {
      context: {
        get: async (key: string) => (await keyValue.get(keyOf(key)))?.value,
        set: async (key: string, value: JsonValue) => keyValue.set(keyOf(key), value),
      },
    },
    logs,
    used,
  }
  return context as unknown as TestContext
}

/** A model that is never called, with a window. */
export function testModel(contextWindow: number, maxOutputTokens = 100): LanguageModel {
  return {
    provider: 'test',
    modelId: `window-${contextWindow}`,
    profile: { contextWindow, maxOutputTokens },
    stream: () => {
      throw new Error('not called')
    },
  }
}

/** A request of a run. */
export function testRequest(
  messages: ContextRequest['messages'],
  contextWindow: number,
  more: Partial<ContextRequest> = {},
): ContextRequest {
  return { messages, tools: [], model: testModel(contextWindow), context: testContext(), ...more }
}
