import {
  A2AError,
  encodeMessage,
  mediaTypeOfPart,
  type SendMessageRequest,
  unsupportedPart,
} from '@pf-agents/a2a-protocol'
import { isTerminal, PfError, type RequestInfo, skillExtensionUri, type SubmitInput } from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'
import { answersOf } from '../interrupt/interrupt-extension'
import type { AttachedConfig, PushService, WireVersion } from '../push-port/push-service'
import { encodeStoredTask } from './encode-stored-task'
import { attachPush, callerOf } from './push-configs'

/** SendMessage (A2A 1.0, 3.1.1). */
export async function sendMessage(
  endpoint: Endpoint,
  request: SendMessageRequest,
  info: RequestInfo,
  push?: PushService,
  version: WireVersion = '1.0',
): Promise<object> {
  const { message, configuration } = request
  if (message.role !== 'user') {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'message.role', description: 'must be ROLE_USER' }],
    })
  }
  const config = configuration?.taskPushNotificationConfig
  if (config !== undefined && push === undefined) throw new A2AError('PushNotificationNotSupportedError')
  const answers = answersOf(message)
  if (!endpoint.takesAnywhere(message.parts)) await checkContentTypes(endpoint, request, info)

  const input: SubmitInput = { message, principal: info.principal, waitUntil: info.waitUntil }
  if (answers !== undefined) input.answers = answers
  if (configuration?.acceptedOutputModes !== undefined) input.acceptedOutputModes = configuration.acceptedOutputModes
  const attached = await attachPush(push, config, message.taskId, callerOf(endpoint, info, version))
  if (attached?.beforeTask !== undefined) input.beforeTask = attached.beforeTask
  const { outcome, started } = endpoint.runtime.submit(
    configuration?.returnImmediately ? { ...input, asTask: true } : input,
  )
  const answer = configuration?.returnImmediately ? started : outcome
  const result = await (attached === undefined ? answer : undoneWhereRefused(answer, attached))
  if (result.message !== undefined) return { message: encodeMessage(result.message) }
  return { task: encodeStoredTask(result.task, { historyLength: configuration?.historyLength }) }
}

/** A message that is refused leaves no config behind. */
async function undoneWhereRefused<T>(answer: Promise<T>, attached: AttachedConfig): Promise<T> {
  try {
    return await answer
  } catch (error) {
    await attached.undo()
    throw error
  }
}

/**
 * Every part must be of a type that the agent takes (3.3.2). Comes after the look at the task, so that a message to a
 * task that is not there, or over, is told so first.
 */
export async function checkContentTypes(
  endpoint: Endpoint,
  { message }: SendMessageRequest,
  info: RequestInfo,
): Promise<void> {
  const modes = endpoint.inputModesFor(message.metadata?.[skillExtensionUri])
  const index = unsupportedPart(message.parts, modes)
  const part = message.parts[index]
  if (part === undefined) return
  if (message.taskId !== undefined) {
    const stored = await endpoint.runtime.task(message.taskId, info.principal)
    if (stored === undefined) throw new PfError('PF_TASK_NOT_FOUND', undefined, { details: { taskId: message.taskId } })
    if (isTerminal(stored.task.status.state))
      throw new PfError('PF_TASK_TERMINAL', undefined, { details: { taskId: message.taskId } })
  }
  throw new A2AError('ContentTypeNotSupportedError', {
    message: 'A part has a media type that the agent does not take. Its input modes are on the agent card.',
    metadata: {
      part: String(index),
      mediaType: (mediaTypeOfPart(part) ?? '').slice(0, 200),
      accepted: modes.join(','),
    },
  })
}
