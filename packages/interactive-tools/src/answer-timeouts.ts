import { type JsonValue, port, type RunContext } from '@pf-agents/agent-core'

/** A question whose default counts once its time is over. */
export interface TimedQuestion {
  toolCallId: string
  /** Milliseconds until then, from when it is asked: once the run has nothing else to do, and the task waits. */
  timeoutMs: number
  /** What counts then. */
  payload: JsonValue
}

/** Answers questions with their default once their time is over. */
export interface AnswerTimeouts {
  /** Takes a question that is about to be asked. False where it can not be watched: then it has to expire. */
  watch(context: RunContext, question: TimedQuestion): Promise<boolean>
  /** The question was answered. Says whether that was done here, with the default. */
  settle(context: RunContext, toolCallId: string): Promise<boolean>
}

/** Port of what watches the time of questions. Provided by {@link interactiveTools} on Node. */
export const answerTimeoutsPort = port<AnswerTimeouts>('pf.answer-timeouts')
