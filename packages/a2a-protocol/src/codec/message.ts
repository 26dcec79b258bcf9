import type { Message } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { readId, readIds, requireId } from '../json/id'
import { type Reader, readString, readStrings, requireString, someOf } from '../json/read'
import { type Members, shape } from '../json/shape'
import type { WireMessage } from '../wire/message'
import { requireRole, wireRoles } from './enums'
import { readPart } from './part'

const members: Members<Message> = {
  messageId: requireString,
  role: requireRole,
  parts: /* @__PURE__ */ someOf(readPart),
  contextId: readString,
  taskId: readString,
  metadata: readJsonObject,
  extensions: readStrings,
  referenceTaskIds: readStrings,
}

/** Reads a peer's Message (§4.1.4). */
export const readMessage: Reader<Message> = /* @__PURE__ */ shape<Message>(members)

/** Reads the Message of a request, whose ids are bounded. */
export const readIncomingMessage: Reader<Message> = /* @__PURE__ */ shape<Message>({
  ...members,
  messageId: requireId,
  contextId: readId,
  taskId: readId,
  referenceTaskIds: readIds,
})

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
