import type { Message } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { isFields, type Reader, readString, readStrings, requireList, requireString } from '../json/read'
import { invalid } from '../json/violations'
import type { WireMessage } from '../wire/message'
import { requireRole, wireRoles } from './enums'
import { readPart } from './part'

/** Reads a Message (§4.1.4). */
export const readMessage: Reader<Message> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const message: Message = {
    messageId: requireString(value.messageId ?? value.message_id, 'messageId', out),
    role: requireRole(value.role, 'role', out),
    parts: requireList(readPart, value.parts, 'parts', out),
  }
  const contextId = readString(value.contextId ?? value.context_id, 'contextId', out)
  const taskId = readString(value.taskId ?? value.task_id, 'taskId', out)
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  const extensions = readStrings(value.extensions, 'extensions', out)
  const referenceTaskIds = readStrings(value.referenceTaskIds ?? value.reference_task_ids, 'referenceTaskIds', out)
  if (contextId) message.contextId = contextId
  if (taskId) message.taskId = taskId
  if (metadata) message.metadata = metadata
  if (extensions) message.extensions = extensions
  if (referenceTaskIds) message.referenceTaskIds = referenceTaskIds
  return message
}

/** Writes a Message. Its parts are not copied. */
export function encodeMessage(message: Message): WireMessage {
  const wire: WireMessage = { messageId: message.messageId, role: wireRoles[message.role], parts: message.parts }
  if (message.contextId) wire.contextId = message.contextId
  if (message.taskId) wire.taskId = message.taskId
  if (message.metadata) wire.metadata = message.metadata
  if (message.extensions?.length) wire.extensions = message.extensions
  if (message.referenceTaskIds?.length) wire.referenceTaskIds = message.referenceTaskIds
  return wire
}
