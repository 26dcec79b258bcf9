import {
  type AgentDefinition,
  agentEnginePort,
  anonymous,
  bind,
  defineAgent,
  httpClientPort,
  type LanguageModel,
  llmPort,
  type Part,
  type PortBinding,
  type RunEvent,
  type StoredTask,
  type SubmitInput,
  createRuntime,
} from '@pf-agents/agent-core'
import { createTestPorts, testMessage, type TestPortsOptions } from '@pf-agents/agent-core/testing'
import { Engine } from '../src/engine/engine'
import type { LoopOptions } from '../src/loop/options'
import { createOpenAiChat } from '../src/openai/openai-chat'
import { createFakeProvider, type FakeScript } from '../src/testing'

export interface LoopHarnessOptions extends TestPortsOptions {
  loop?: LoopOptions
  bindings?: PortBinding[]
  /** Default: Chat Completions. */
  model?: (fields: { model: string; baseUrl: string }) => LanguageModel
}

export type LoopHarness = ReturnType<typeof loopHarness>

/** A runtime with the loop over a fake provider; `send` waits for the task. */
export function loopHarness(
  script: FakeScript,
  agent: Partial<AgentDefinition> = {},
  options: LoopHarnessOptions = {},
) {
  const provider = createFakeProvider(script)
  const make = options.model ?? createOpenAiChat
  const defined = defineAgent({
    name: 'test',
    description: 'An agent under test',
    version: '1.0.0',
    model: make({ model: 'fake', baseUrl: 'http://fake.test/v1' }),
    ...agent,
  })
  const process = (more: PortBinding[] = []) => {
    const engine = new Engine(options.loop ?? {})
    engine.check(defined)
    return [
      bind(agentEnginePort, engine),
      bind(llmPort, engine),
      bind(httpClientPort, { fetch: provider.fetch }),
      ...(options.bindings ?? []),
      ...more,
    ]
  }
  const test = createTestPorts({ ...options, bindings: process() })
  const runtime = createRuntime(defined, test.ports)
  const events: RunEvent[] = []
  const submit = (
    content: string | readonly Part[] | { data: never },
    input: Partial<SubmitInput> & { taskId?: string; contextId?: string } = {},
    on = runtime,
  ) => {
    const { taskId, contextId, ...rest } = input
    return on.submit({
      message: testMessage(content, { ...(taskId && { taskId }), ...(contextId && { contextId }) }),
      principal: anonymous,
      onEvents: (stored) => events.push(...stored.map(({ event }) => event)),
      ...rest,
    })
  }
  return {
    ...test,
    runtime,
    provider,
    events,
    submit,
    async send(...args: Parameters<typeof submit>): Promise<StoredTask> {
      const { task, message } = await test.clock.until(submit(...args).outcome)
      if (task === undefined) throw new Error(`Expected a task, got the message ${JSON.stringify(message)}`)
      return task
    },
    /** Another process with the same stores: nothing in memory is shared. */
    restarted() {
      // The same randomness goes on: a process of its own would not make the ids of the one before again.
      const again = createTestPorts({
        ...options,
        clock: test.clock,
        random: test.random,
        stores: test.stores,
        bindings: process(),
      })
      return createRuntime(defined, again.ports)
    },
  }
}

/** Texts of a task's artifacts. */
export const texts = ({ task }: StoredTask): string[] =>
  task.artifacts.map(({ parts }) => parts.map((part) => part.text ?? JSON.stringify(part.data)).join(''))

/** The error code of a failed task. */
export const codeOf = ({ task }: StoredTask): unknown =>
  (task.status.message?.metadata?.['urn:pf-agents:error'] as { code?: string } | undefined)?.code

/** What the model was sent, of Chat Completions. */
export const messagesOf = (
  { provider }: LoopHarness,
  call: number,
): { role: string; content: unknown; [field: string]: unknown }[] => provider.requests[call]?.body['messages'] as never
