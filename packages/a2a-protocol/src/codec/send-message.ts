import { readJsonObject } from '../json/free-form'
import { intBetween, optional, readFlag, readString, readStrings, required } from '../json/read'
import { shape } from '../json/shape'
import type { SendMessageConfiguration, SendMessageRequest, WireSendMessageRequest } from '../wire/requests'
import { encodeMessage, readMessage } from './message'
import { readPushNotificationConfig } from './push-notification-config'

const readConfiguration = /* @__PURE__ */ shape<SendMessageConfiguration>({
  acceptedOutputModes: readStrings,
  taskPushNotificationConfig: /* @__PURE__ */ optional(readPushNotificationConfig),
  historyLength: /* @__PURE__ */ intBetween(0),
  returnImmediately: readFlag,
})

/** Reads the params of SendMessage and SendStreamingMessage (§3.2.1). */
export const readSendMessageRequest = /* @__PURE__ */ shape<SendMessageRequest>({
  tenant: readString,
  message: /* @__PURE__ */ required(readMessage),
  configuration: /* @__PURE__ */ optional(readConfiguration),
  metadata: readJsonObject,
})

/** Writes the params of SendMessage and SendStreamingMessage. */
export function encodeSendMessageRequest(request: SendMessageRequest): WireSendMessageRequest {
  return { ...request, message: encodeMessage(request.message) }
}
