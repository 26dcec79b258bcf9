import type { Operation, Requests, WireStreamResponse } from '@pf-agents/a2a-protocol'
import type { Awaitable, JsonObject, Message, Principal } from '@pf-agents/agent-core'

/** A request that turned an extension on. */
export interface ExtensionCall {
  readonly operation: Operation
  /** What the operation is asked with. */
  readonly params: Requests[Operation]
  readonly headers: { get(name: string): string | null }
  readonly principal: Principal
  /** Empty where the app serves one agent. */
  readonly tenant: string
}

/** The event that a stream goes on behind. */
export interface ResumePoint {
  /** Its number in the task. */
  seq: number
  /** How many artifacts the task had by then. Default 0. */
  artifacts?: number
  /** Something had happened by then that updates can not tell. Default false. */
  hasUnsaid?: boolean
}

/** An extension of the protocol (A2A 1.0, 4.6), as {@link defineExtension} takes it. `State` is what one request keeps. */
export interface ExtensionDefinition<State = undefined> {
  /** Its name, and where it is described: a URI with a version in it. A change that breaks callers is a new URI. */
  uri: string
  /** What it does, on the card. */
  description?: string
  /** Requests that do not turn it on are refused with ExtensionSupportRequiredError. Default false. */
  required?: boolean
  /** Whatever else the card says of it. */
  params?: JsonObject
  /**
   * Called once for each request that turns it on, when its params were read: gives what the other hooks are given.
   * Throw an A2AError to refuse the request.
   */
  begin?(call: ExtensionCall): Awaitable<State>
  /** Changes a message that comes in, before the agent sees it. The one given is not to be changed. */
  incoming?(message: Message, state: State): Awaitable<Message>
  /**
   * Changes what goes out: the task or message that answers, each task of a list, each event of a stream (a task or a
   * message told as `{ task }` or `{ message }`). Synchronous, and called often; nothing of what is given is to be
   * changed, for it is shared: give back a copy, as {@link withExtensionData} makes it.
   */
  outgoing?(event: WireStreamResponse, state: State): WireStreamResponse
  /** Where a SubscribeToTask goes on; `undefined` to begin with the task as usual. */
  resume?(state: State): ResumePoint | undefined
}

/** An extension as the server uses it. */
export interface A2AExtension extends ExtensionDefinition<unknown> {
  readonly uri: string
}

/**
 * Defines an extension for {@link a2aServer}: it is declared on the card, turned on by the requests that name it in
 * `A2A-Extensions`, and echoed in their answers; one that is required refuses the others. Its hooks are called for
 * requests that turned it on, and for no others.
 *
 * @example
 * ```ts
 * const costs = defineExtension({
 *   uri: 'https://example.com/ext/costs/v1',
 *   description: 'Says what a task has cost so far.',
 *   begin: ({ principal }) => ({ currency: currencyOf(principal) }),
 *   outgoing: (event, { currency }) =>
 *     'task' in event ? { task: withExtensionData(event.task, costs.uri, { currency, amount: 0 }) } : event,
 * })
 * const app = createApp(agent, [a2aServer({ extensions: [costs] })])
 * ```
 */
export function defineExtension<State = undefined>(definition: ExtensionDefinition<State>): A2AExtension {
  return definition as unknown as A2AExtension
}

/** A copy of a message, task or event with an extension's data in its metadata, under the extension's URI. */
export function withExtensionData<T extends { metadata?: JsonObject }>(object: T, uri: string, data: JsonObject): T {
  return { ...object, metadata: { ...object.metadata, [uri]: data } }
}
