import { signal } from '@preact/signals'
import type { AgentSubscriber, Interrupt, Message } from '@ag-ui/client'
import type { Problem } from './problem'
import { RunLog } from './run-log'

/** What a conversation is doing. */
export type Phase = 'idle' | 'joining' | 'running' | 'cancelling'

/** The title of a problem that goes by itself once the conversation is joined again. */
export const brokenTitle = 'The connection broke'

/** What is seen of a conversation, as the events of its runs make it. */
export abstract class SessionView {
  readonly phase = signal<Phase>('idle')
  readonly messages = signal<readonly Message[]>([])
  readonly state = signal<unknown>(undefined)
  readonly questions = signal<readonly Interrupt[]>([])
  /** Calls that this page is to carry out. */
  readonly pendingCalls = signal<readonly string[]>([])
  readonly steps = signal<readonly string[]>([])
  readonly subagents = signal<ReadonlyMap<string, string>>(new Map())
  readonly problem = signal<Problem | undefined>(undefined)
  readonly wasCancelled = signal(false)
  readonly log = new RunLog()
  /** A terminal event came: what breaks behind it loses nothing. */
  protected ended = false
  protected started = false

  /** Told whenever a run begins, ends or asks. */
  protected abstract readonly onChange: () => void

  protected readonly subscriber: AgentSubscriber = {
    onEvent: ({ event }) => this.log.add(event),
    onRunStartedEvent: () => {
      this.started = true
      this.pendingCalls.value = []
      this.questions.value = []
      if (this.phase.value === 'joining') this.phase.value = 'running'
      if (this.problem.value?.title === brokenTitle) this.problem.value = undefined
      this.onChange()
    },
    onRunFinishedEvent: (end) => {
      this.ended = true
      if (end.outcome === 'success') this.pendingCalls.value = end.pendingToolCallIds
      this.wasCancelled.value = end.outcome === 'cancelled'
    },
    onRunErrorEvent: ({ event }) => {
      const { code } = event
      // What a server says that goes down: another one may come up in its place.
      if (code === 'PF_OVERLOADED') return
      this.ended = true
      this.problem.value = {
        title: code === 'rejected' ? 'The agent does not take this on' : 'The run failed',
        detail: event.message,
        ...(code !== undefined && { code }),
      }
    },
    onStepStartedEvent: ({ event }) => {
      this.steps.value = [...this.steps.value, event.stepName]
    },
    onStepFinishedEvent: ({ event }) => {
      this.steps.value = this.steps.value.filter((name) => name !== event.stepName)
    },
    onSubagentStartedEvent: ({ event }) => {
      this.subagents.value = new Map(this.subagents.value).set(event.subagentRunId, event.name)
    },
  }
}
