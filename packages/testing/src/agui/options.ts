import type { AguiEvent } from './report'

/** What is used of a client's agent: `HttpAgent` of `@ag-ui/client`, from 0.0.57 on. */
export interface AguiClientAgent {
  messages: readonly AguiMessage[]
  state: unknown
  addMessage(message: never): void
  abortRun(): void
  runAgent(parameters: never, subscriber: never): Promise<unknown>
}

/** A message as a client holds it. */
export interface AguiMessage {
  id: string
  role: string
  content?: unknown
  toolCalls?: readonly { id: string; function: { name: string; arguments: string } }[]
  toolCallId?: string
}

/** A client to check with. */
export interface AguiClient {
  /** How reports name it, such as its version. */
  name: string
  /** `HttpAgent` of that version of `@ag-ui/client`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each version has a class of its own, with types that differ
  HttpAgent: new (config: any) => any
}

/** A question as it stands in an outcome. */
export type AguiInterrupt = Readonly<Record<string, unknown>> & { readonly id: string }

/** What a scenario asks of an agent. */
export interface AguiScenarioInput {
  /** What the user says. Default `Hello`. */
  content?: string
  /** `forwardedProps` of its runs. */
  forwardedProps?: Readonly<Record<string, unknown>>
  /** The state that the client begins with. */
  state?: Readonly<Record<string, unknown>>
  /** Tools of the page. Default one named `pick`, in the scenario that needs one. */
  tools?: readonly Readonly<Record<string, unknown>>[]
  /** What a tool of the page gives, as text. Default `"red"`. */
  toolResult?: string
  /** The answer to a question. Default: one that fits its `responseSchema`. */
  answer?: (interrupt: AguiInterrupt) => unknown
}

/** Scenarios, by what they show. */
export const aguiScenarioNames = [
  'text',
  'history',
  'parallel',
  'tools',
  'frontend-tool',
  'state',
  'reasoning',
  'interrupt',
  'interrupt-cancelled',
  'multi-interrupt',
  'error-before',
  'error-mid',
  'slow',
  'huge',
  'cancel',
  'http-errors',
] as const

/** The name of a scenario. */
export type AguiScenario = (typeof aguiScenarioNames)[number]

/** Options of {@link checkAguiServer}. */
export interface AguiCheckOptions {
  /** The run endpoint. */
  url: string
  /** Sent with every request, such as `authorization`. */
  headers?: Readonly<Record<string, string>>
  /** Default: the `@ag-ui/client` that is installed. */
  clients?: readonly AguiClient[]
  /**
   * What each scenario asks; `false` leaves one out. Those not named are skipped, but `http-errors`, which needs nothing of
   * the agent. Left out as a whole: all of them, each asked for by its name in `forwardedProps.scenario`.
   */
  scenarios?: Partial<Record<AguiScenario, AguiScenarioInput | false>>
  /**
   * What the agent says that it can do (AG-UI's `AgentCapabilities`), or where it says so: scenarios of what it can not
   * are skipped.
   */
  capabilities?: string | Readonly<Record<string, unknown>>
  /** Where a `POST` stops a run, if there is such a place: the scenario `cancel` then looks at how the stream ends. */
  cancelUrl?: (ids: { threadId: string; runId: string }) => string
  /** Longest time a run may take, in ms. Default 30,000. */
  timeoutMs?: number
  /** Told of every event as it comes. */
  onEvent?: (event: AguiEvent, scenario: AguiScenario) => void
  /** Default: the global one. */
  fetch?: typeof globalThis.fetch
}
