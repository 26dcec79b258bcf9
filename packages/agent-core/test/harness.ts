import { type AgentDefinition, defineAgent } from '../src/agent/agent'
import type { JsonValue } from '../src/model/json'
import type { Message } from '../src/model/message'
import type { Part } from '../src/model/part'
import type { StoredTask } from '../src/port/run-store'
import { anonymous } from '../src/port/scope'
import type { AgentRuntime, RunOutcome, Submission, SubmitInput } from '../src/runtime/agent-runtime'
import { createRuntime } from '../src/runtime/create-runtime'
import type { RuntimeOptions } from '../src/runtime/options'
import { createTestPorts, type TestPorts, type TestPortsOptions } from '../src/testing/test-ports'
import { testMessage } from '../src/testing/test-message'

export interface Harness extends TestPorts {
  runtime: AgentRuntime
  /** Hands in a message of the anonymous principal. */
  submit(content?: Content, fields?: Partial<Message>, input?: Partial<SubmitInput>): Submission
  /** As `submit`, and waits for the outcome while the fake clock runs. */
  send(content?: Content, fields?: Partial<Message>, input?: Partial<SubmitInput>): Promise<RunOutcome>
  /** As `send`, for what must become a task. */
  sendTask(content?: Content, fields?: Partial<Message>, input?: Partial<SubmitInput>): Promise<StoredTask>
  /** The stored task. */
  load(taskId: string): StoredTask | undefined
  /** A second runtime of the same agent over the same stores and clock, as another process would have it. */
  peer(options?: RuntimeOptions): AgentRuntime
}

type Content = string | readonly Part[] | { data: JsonValue }

/** A runtime over memory stores, a fake clock and seeded randomness. */
export function harness(
  agent: Partial<AgentDefinition>,
  options: TestPortsOptions & { runtime?: RuntimeOptions } = {},
): Harness {
  const test = createTestPorts(options)
  const defined = defineAgent({ name: 'test', description: 'An agent under test', version: '1.0.0', ...agent })
  const runtime = createRuntime(defined, test.ports, options.runtime)
  const submit: Harness['submit'] = (content = 'hello', fields = {}, input = {}) =>
    runtime.submit({ message: testMessage(content, fields), principal: anonymous, ...input })
  const send: Harness['send'] = (...args) => test.clock.until(submit(...args).outcome)
  return {
    ...test,
    runtime,
    submit,
    send,
    async sendTask(...args) {
      const { task, message } = await send(...args)
      if (task === undefined) throw new Error(`Expected a task, got the message ${JSON.stringify(message)}`)
      return task
    },
    load: (taskId) =>
      test.stores.runStore.load({ tenant: options.runtime?.tenant ?? '', principalId: anonymous.id, taskId }),
    peer: (peerOptions) => createRuntime(defined, test.ports, peerOptions ?? options.runtime),
  }
}

/** The texts of a task's artifacts. */
export function artifactTexts({ task }: StoredTask): string[] {
  return task.artifacts.map((artifact) =>
    artifact.parts.map((part) => part.text ?? JSON.stringify(part.data ?? part)).join(''),
  )
}

/** The text of a task's status message. */
export function statusText({ task }: StoredTask): string | undefined {
  return task.status.message?.parts.map((part) => part.text).join('\n')
}

/** The error code in a failed task's status message. */
export function failureCode({ task }: StoredTask): string | undefined {
  return (task.status.message?.metadata?.['urn:pf-agents:error'] as { code?: string } | undefined)?.code
}

/** An event that means nothing. */
export const custom = (value: number) => ({ type: 'custom' as const, name: 'n', value })

/** A promise that is settled from outside. */
export function deferred<T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  return Promise.withResolvers<T>()
}
