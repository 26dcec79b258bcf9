import { A2AError, mediaTypeOfPart, type SendMessageRequest, unsupportedPart } from '@pf-agents/a2a-protocol'
import {
  type Awaitable,
  isTerminal,
  PfError,
  type RequestInfo,
  skillExtensionUri,
  type SubmitInput,
} from '@pf-agents/agent-core'
import type { Endpoint } from '../endpoint'
import { answersOf } from '../interrupt/interrupt-extension'
import type { AttachedConfig, PushService, WireVersion } from '../push-port/push-service'
import { attachPush, callerOf } from './push-configs'

/** Whose message it is, and what it came by. */
export interface MessageTerms {
  endpoint: Endpoint
  info: RequestInfo
  push: PushService | undefined
  version: WireVersion
}

/** A message ready to be handed in. */
export interface PreparedMessage {
  input: SubmitInput
  /** A push config that came with it: to be taken back where the message is refused. */
  attached: AttachedConfig | undefined
}

/**
 * What a message is handed in with, once it is found good (A2A 1.0, 3.3.2). At once for a plain message, which has
 * nothing to wait for.
 * @throws A2AError InvalidParamsError, ContentTypeNotSupportedError, PushNotificationNotSupportedError;
 * PfError PF_TASK_NOT_FOUND, PF_TASK_TERMINAL
 */
export function prepareMessage(request: SendMessageRequest, terms: MessageTerms): Awaitable<PreparedMessage> {
  const { message, configuration } = request
  const { endpoint, info, push } = terms
  if (message.role !== 'user') {
    throw new A2AError('InvalidParamsError', {
      violations: [{ field: 'message.role', description: 'must be ROLE_USER' }],
    })
  }
  const config = configuration?.taskPushNotificationConfig
  if (config !== undefined && push === undefined) throw new A2AError('PushNotificationNotSupportedError')
  const answers = answersOf(message)
  const input: SubmitInput = { message, principal: info.principal, caller: info, waitUntil: info.waitUntil }
  if (answers !== undefined) input.answers = answers
  if (configuration?.acceptedOutputModes !== undefined) input.acceptedOutputModes = configuration.acceptedOutputModes
  if (config === undefined && endpoint.takesAnywhere(message.parts)) return { input, attached: undefined }
  return checkAndAttach(input, request, terms)
}

async function checkAndAttach(
  input: SubmitInput,
  request: SendMessageRequest,
  { endpoint, info, push, version }: MessageTerms,
): Promise<PreparedMessage> {
  const { message, configuration } = request
  if (!endpoint.takesAnywhere(message.parts)) await checkContentTypes(endpoint, request, info)
  const config = configuration?.taskPushNotificationConfig
  const attached = await attachPush(push, config, message.taskId, callerOf(endpoint, info, version))
  if (attached?.beforeTask !== undefined) input.beforeTask = attached.beforeTask
  return { input, attached }
}

/** Waits for the answer to a message. One that is refused leaves no config behind. */
export function undoneWhereRefused<T>(answer: Promise<T>, attached: AttachedConfig | undefined): Promise<T> {
  return attached === undefined ? answer : undone(answer, attached)
}

async function undone<T>(answer: Promise<T>, attached: AttachedConfig): Promise<T> {
  try {
    return await answer
  } catch (error) {
    await attached.undo()
    throw error
  } finally {
    attached.done()
  }
}

/**
 * Every part must be of a type that the agent takes (3.3.2). Comes after the look at the task, so that a message to a
 * task that is not there, or over, is told so first.
 */
async function checkContentTypes(
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
