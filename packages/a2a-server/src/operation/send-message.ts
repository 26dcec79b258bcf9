import { encodeMessage, type SendMessageRequest } from '@pf-agents/a2a-protocol'
import { encodeStoredTask } from './encode-stored-task'
import { type MessageTerms, prepareMessage, undoneWhereRefused } from './prepare-message'

/** SendMessage (A2A 1.0, 3.1.1). */
export async function sendMessage(request: SendMessageRequest, terms: MessageTerms): Promise<object> {
  const { configuration } = request
  const { input, attached } = await prepareMessage(request, terms)
  const { outcome, started } = terms.endpoint.runtime.submit(
    configuration?.returnImmediately ? { ...input, asTask: true } : input,
  )
  const answer = configuration?.returnImmediately ? started : outcome
  const result = await undoneWhereRefused(answer, attached)
  if (result.message !== undefined) return { message: encodeMessage(result.message) }
  return { task: encodeStoredTask(result.task, { historyLength: configuration?.historyLength }) }
}
