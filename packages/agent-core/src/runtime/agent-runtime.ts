import type { JsonValue } from '../model/json'
import type { Message } from '../model/message'
import type { StoredEvent } from '../event/run-event'
import type { InterruptAnswer } from '../interrupt/interrupt'
import type { BudgetLimits } from '../agent/agent'
import type { Principal, TaskKey } from '../port/scope'
import type { Awaitable, StoredTask, TaskPage, TaskQuery } from '../port/run-store'
import type { TraceContext } from '../port/services'
import type { Budget } from './budget'

/** A tool that the caller itself carries out (AG-UI). */
export interface ClientTool {
  name: string
  description: string
  /** JSON Schema of the arguments. */
  parameters?: JsonValue
}

/** Who waits for the answer to a message; a {@link RequestInfo} is one. */
export interface Caller {
  /**
   * Calls `listener` when the caller goes away before it has its answer, at once where it did already.
   * @returns what takes the listener back
   */
  whenGone?(listener: () => void): () => void
}

/** What a caller hands in. */
export interface SubmitInput {
  /**
   * The message. Its `taskId` names the task it goes on with; a new task's id is made by the runtime. It answers only what
   * the task had asked when it came in: one that comes while the task works is a remark, or, where its questions are
   * answered already, refused with PF_INTERRUPT_ANSWERED.
   */
  message: Message
  principal: Principal
  /** Answers to open interrupts, where the protocol names them; without them the message itself is the answer. */
  answers?: readonly InterruptAnswer[]
  /** Id of this run, where the protocol has one. */
  runId?: string
  /** Makes the run a task at once, so that it can be answered before it is done. */
  asTask?: boolean
  /** `reject`: where a run is under way in the context, this one is PF_BUSY at once. Default: as the runtime's policy has it. */
  whenBusy?: 'reject'
  /** Shared state that the caller brings (AG-UI). */
  state?: JsonValue
  /** Facts about the caller's surroundings (AG-UI). */
  context?: JsonValue
  /** Tools that the caller itself carries out (AG-UI). */
  clientTools?: readonly ClientTool[]
  acceptedOutputModes?: readonly string[]
  trace?: TraceContext
  /** Milliseconds since 1970; the runtime's own deadline holds too. The time in a queue counts. */
  deadline?: number
  /** Joins the agent's own budget: the smaller holds. Of a run's own budget, its deadline holds, too. */
  budget?: BudgetLimits | Budget
  /**
   * Where it goes away while the message waits for its turn, the message leaves the queue: nothing was begun then, nothing
   * is stored, and the outcome rejects with PF_BUSY. A run under way goes on. Default: the message waits all the same.
   */
  caller?: Caller
  /** Keeps the run going behind the answer, where the host needs to be asked. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /**
   * Called once where the message makes a task, with its key: before the task is stored, which waits for it.
   * What it throws, the caller is told, and there is no task.
   */
  beforeTask?: (key: TaskKey) => Awaitable<void>
  /** Called with what each commit stored, never before it is stored. What it throws is logged. */
  onEvents?: (events: readonly StoredEvent[], key: TaskKey) => void
}

/** How a run answered: a direct message, or the task where it stands. */
export type RunOutcome =
  | { readonly message: Message; readonly task?: undefined }
  | { readonly message?: undefined; readonly task: StoredTask }

/** A run that was handed in. */
export interface Submission {
  /**
   * Settles when the run is over or waits for somebody. Rejects only where nothing was begun (bad input, busy, no such
   * task) or the store failed; what goes wrong inside a run is a failed task.
   */
  readonly outcome: Promise<RunOutcome>
  /** With `asTask`: settles once the task is stored. Otherwise the same as `outcome`. */
  readonly started: Promise<RunOutcome>
  /** Stops the run, or the wait for its turn. Does nothing once it is over. */
  cancel(): void
}

/** Which tasks to list, of one principal. */
export type ListInput = Omit<TaskQuery, 'scope'> & { principal: Principal }

/** Runs one agent (for one tenant): takes messages, keeps tasks. */
export interface AgentRuntime {
  /** Hands in a message. Returns at once. */
  submit(input: SubmitInput): Submission
  /** The task, or `undefined` where this principal has none of that id. A task whose run died is failed first. */
  task(taskId: string, principal: Principal): Promise<StoredTask | undefined>
  /** One page of this principal's tasks. */
  list(input: ListInput): Promise<TaskPage>
  /**
   * Ends a task as canceled and aborts its run, wherever it runs. A canceled one is returned as it is.
   * @throws PfError PF_TASK_NOT_FOUND, PF_TASK_NOT_CANCELABLE
   */
  cancel(taskId: string, principal: Principal): Promise<StoredTask>
  /** Number of runs under way here. */
  readonly activeRuns: number
  /**
   * Stops taking messages and waits for runs; those that do not end within `graceMs` (default 10 seconds) are aborted
   * and failed. Never waits more than 5 seconds beyond that, however slow the store is.
   */
  close(options?: { graceMs?: number }): Promise<void>
}
