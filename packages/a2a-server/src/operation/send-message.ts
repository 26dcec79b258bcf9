import { encodeMessage, type SendMessageRequest } from '@pf-agents/a2a-protocol'
import type { RunOutcome } from '@pf-agents/agent-core'
import { encodeStoredTask } from './encode-stored-task'
import { type MessageTerms, type PreparedMessage, prepareMessage, undoneWhereRefused } from './prepare-message'

/** SendMessage (A2A 1.0, 3.1.1). */
export function sendMessage(request: SendMessageRequest, terms: MessageTerms): Promise<object> {
  const prepared = prepareMessage(request, terms)
  return prepared instanceof Promise
    ? prepared.then((one) => submit(one, request, terms))
    : submit(prepared, request, terms)
}

function submit(
  { input, attached }: PreparedMessage,
  { configuration }: SendMessageRequest,
  { endpoint }: MessageTerms,
): Promise<object> {
  const { outcome, started } = endpoint.runtime.submit(
    configuration?.returnImmediately ? { ...input, asTask: true, whenBusy: 'reject' } : input,
  )
  const answer = configuration?.returnImmediately ? started : outcome
  return undoneWhereRefused(answer, attached).then((result) => encodeOutcome(result, configuration?.historyLength))
}

function encodeOutcome({ message, task }: RunOutcome, historyLength: number | undefined): object {
  return message === undefined
    ? { task: encodeStoredTask(task, { historyLength }) }
    : { message: encodeMessage(message) }
}
