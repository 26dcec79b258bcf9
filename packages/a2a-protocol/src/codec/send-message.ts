import { readJsonObject } from '../json/free-form'
import { readId } from '../json/id'
import { intBetween, optional, readFlag, readStrings, required } from '../json/read'
import { shape } from '../json/shape'
import type { SendMessageConfiguration, SendMessageRequest, WireSendMessageRequest } from '../wire/requests'
import { encodeMessage, readIncomingMessage } from './message'
import { readIncomingConfig } from './push-notification-config'

const readConfiguration = /* @__PURE__ */ shape<SendMessageConfiguration>({
  acceptedOutputModes: readStrings,
  taskPushNotificationConfig: /* @__PURE__ */ optional(readIncomingConfig),
  historyLength: /* @__PURE__ */ intBetween(0),
  returnImmediately: readFlag,
})

/** Reads the params of SendMessage and SendStreamingMessage (§3.2.1). */
export const readSendMessageRequest = /* @__PURE__ */ shape<SendMessageRequest>({
  tenant: readId,
  message: /* @__PURE__ */ required(readIncomingMessage),
  configuration: /* @__PURE__ */ optional(readConfiguration),
  metadata: readJsonObject,
})

/** Writes the params of SendMessage and SendStreamingMessage. */
export function encodeSendMessageRequest(request: SendMessageRequest): WireSendMessageRequest {
  return { ...request, message: encodeMessage(request.message) }
}
