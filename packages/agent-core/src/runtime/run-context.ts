import type { Agent } from '../agent/agent'
import type { OptionalSecret, SecretReference } from '../agent/needs'
import type { Skill } from '../agent/skill'
import type { JsonObject, JsonValue } from '../model/json'
import type { IncomingMessage, Message } from '../model/message'
import type { Task } from '../model/task'
import type { RunEvent } from '../event/run-event'
import type { Budget } from './budget'
import type { Principal } from '../port/scope'
import type { Llm } from '../port/llm'
import type { Ports } from '../port/port'
import type { LogLevel, TraceContext } from '../port/services'
import type { ClientTool } from './agent-runtime'
import type { Interrupt, InterruptAnswer } from '../interrupt/interrupt'

/** Values that live as long as the task; changes are stored with the next commit. */
export interface TaskState {
  get(key: string): JsonValue | undefined
  /** `undefined` removes the key. Makes the run a task. */
  set(key: string, value: JsonValue | undefined): void
  all(): JsonObject
}

/** Values that live as long as the context; written at once. */
export interface ContextState {
  get(key: string): Promise<JsonValue | undefined>
  set(key: string, value: JsonValue | undefined): Promise<void>
}

/** What a handler, a tool or an engine works with during one run. */
export interface RunContext {
  /** The message that began or went on with this run. */
  readonly message: IncomingMessage
  /** The agent that runs. */
  readonly agent: Agent
  /** The skill that the message was routed to, if any. */
  readonly skill: Skill | undefined
  readonly contextId: string
  readonly runId: string
  /** The task as it stands: read it again to see later events. Touching it makes the run a task. Read only: changes go through `emit`. */
  readonly task: Readonly<Task>
  /** Makes the run a task and waits until it is stored: from then on it can be read and canceled. */
  startTask(): Promise<Readonly<Task>>
  /** Messages of this context before this one, oldest first; at most `limit` (default 100). */
  history(limit?: number): Promise<Message[]>
  /** Answers by slot, of all questions this task has asked so far. */
  readonly slots: Readonly<Record<string, JsonValue>>
  /** The task's questions, answered and open; empty on the first run. */
  readonly interrupts: readonly Interrupt[]
  /** The answers this run goes on with; empty on the first run. */
  readonly answers: readonly InterruptAnswer[]
  /**
   * What the caller said beside the answers this run goes on with, oldest first: messages whose answers were named, and
   * parts of a message that were no answer. Empty where nothing was said but the answers.
   */
  readonly remarks: readonly Message[]
  /** Aborted by cancel, deadline, a lost lease, and where the run fails. Its reason is a PfError. Within a tool call also with the time of that. */
  readonly signal: AbortSignal
  /** When the run is stopped: milliseconds since 1970. */
  readonly deadline: number
  /** What the run may still use; inherited by whatever it starts. */
  readonly budget: Budget
  readonly state: { readonly task: TaskState; readonly context: ContextState }
  /** Services of the installed features, by port. */
  readonly services: Ports
  /** The model loop. @throws PfError PF_ENGINE_MISSING where no installed feature provides it */
  readonly llm: Llm
  readonly principal: Principal
  /** The tenant of the route; empty where the app serves one agent. */
  readonly tenant: string
  /** Media types the caller accepts; empty where it does not say. */
  readonly acceptedOutputModes: readonly string[]
  /** Tools that the caller itself carries out (AG-UI). */
  readonly clientTools: readonly ClientTool[]
  /** Shared state that the caller brought (AG-UI). */
  readonly clientState: JsonValue | undefined
  /** Facts about the caller's surroundings (AG-UI). */
  readonly clientContext: JsonValue | undefined
  /** A credential for calls to an audience, or `undefined`. */
  credential(audience: string): Promise<{ scheme: string; value: string } | undefined>
  /**
   * Outbound HTTP to the hosts in the agent's `needs.outbound`; aborted with the run. Redirects are not followed: the
   * response is the redirect itself (or an error, with `redirect: 'error'`).
   * @throws PfError PF_OUTBOUND_DENIED
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** A variable's value, or its default from `needs.variables`; `undefined` for one that is optional and empty. */
  variable(name: string): Promise<string | undefined>
  /** A secret's value; it is blotted out of what `log` says from then on. @throws PfError PF_SECRET_MISSING */
  secret(name: string | SecretReference): Promise<string>
  /** The value of a secret that need not have one. */
  secret(name: OptionalSecret): Promise<string | undefined>
  readonly trace: TraceContext | undefined
  log(level: LogLevel, message: string, fields?: Record<string, unknown>): void
  /**
   * Says that something happened. Makes the run a task. Ignored once the run is over. How the run ends, and what it
   * asks, is said by the reply instead.
   * @throws PfError PF_CONFIG_INVALID for a state other than `working` and for questions; PF_BUDGET_EXCEEDED where the
   * usage is more than the budget allows, which also ends the run.
   */
  emit(event: RunEvent): void
  /** Waits until everything emitted so far is stored. */
  flush(): Promise<void>
  /**
   * Settles once the store has room for more events: who emits very many waits for it now and then. Unlike `flush` it
   * makes no commit that is not due, and a store without a log writes the whole task with each.
   */
  room(): Promise<void>
}
