import type { Fields } from '../json/read'
import type { WireMessage } from '../wire/message'
import { eachTranslated, memberOf, present, translated, type V03Form } from './form'
import { downgradePart, upgradePart } from './part'

const roles: ReadonlyMap<unknown, string> = /* @__PURE__ */ new Map([
  ['user', 'ROLE_USER'],
  ['agent', 'ROLE_AGENT'],
])

/** Makes a message of 1.0 of one of 0.3, in either form. */
export function upgradeMessage(message: Fields): Fields {
  return present({
    messageId: memberOf(message, 'messageId', 'message_id'),
    role: roles.get(message.role) ?? message.role,
    parts: eachTranslated(memberOf(message, 'parts', 'content'), upgradePart),
    contextId: memberOf(message, 'contextId', 'context_id'),
    taskId: memberOf(message, 'taskId', 'task_id'),
    metadata: memberOf(message, 'metadata'),
    extensions: memberOf(message, 'extensions'),
    referenceTaskIds: memberOf(message, 'referenceTaskIds', 'reference_task_ids'),
  })
}

/** As {@link upgradeMessage}, where a message may be. */
export function upgradeAnyMessage(message: unknown): unknown {
  return translated(message, upgradeMessage)
}

/** Makes a message of 0.3 of one of 1.0. */
export function downgradeMessage({ role, parts, ...rest }: WireMessage, form: V03Form): Fields {
  const written = parts.map((part) => downgradePart(part, form))
  if (form === 'proto') return { ...rest, role, content: written }
  return { kind: 'message', ...rest, role: role === 'ROLE_USER' ? 'user' : 'agent', parts: written }
}
