import { type ModelMessage, PfError } from '@pf-agents/agent-core'

/**
 * What every provider refuses with 400, so that a mock does too: a call without its result in the message right behind
 * it, a result without its call, two results for one call.
 *
 * @throws PfError PF_MODEL_REQUEST_INVALID
 */
export function checkHistory(messages: readonly ModelMessage[]): void {
  let open: string[] = []
  messages.forEach((message, index) => {
    const refuse = (what: string): never => {
      throw new PfError(
        'PF_MODEL_REQUEST_INVALID',
        `Message ${index} (${message.role}): ${what}. Providers refuse such a history; where that is what the test is about, set checkHistory: false.`,
      )
    }
    const results = message.role === 'tool' ? message.content.map(({ toolCallId }) => toolCallId) : []
    const missing = open.filter((id) => !results.includes(id))
    if (missing.length > 0) refuse(`no result for the call ${missing.join(', ')}`)
    const stray = results.filter((id) => !open.includes(id))
    if (stray.length > 0) refuse(`a result without its call ${stray.join(', ')}`)
    if (new Set(results).size < results.length) refuse('two results for one call')
    open =
      message.role === 'assistant'
        ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
        : []
  })
  if (open.length > 0) {
    throw new PfError(
      'PF_MODEL_REQUEST_INVALID',
      `The history ends with the call ${open.join(', ')}, which has no result. Providers refuse such a history; where that is what the test is about, set checkHistory: false.`,
    )
  }
}
