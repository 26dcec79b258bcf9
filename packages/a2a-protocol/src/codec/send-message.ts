import { readJsonObject } from '../json/free-form'
import {
  isFields,
  readBoolean,
  readInt,
  type Reader,
  readOptional,
  readRequired,
  readString,
  readStrings,
} from '../json/read'
import { invalid } from '../json/violations'
import type { SendMessageConfiguration, SendMessageRequest, WireSendMessageRequest } from '../wire/requests'
import { encodeMessage, readMessage } from './message'
import { readPushNotificationConfig } from './push-notification-config'

const readConfiguration: Reader<SendMessageConfiguration> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const configuration: SendMessageConfiguration = {}
  const modes = readStrings(value.acceptedOutputModes ?? value.accepted_output_modes, 'acceptedOutputModes', out)
  const push = value.taskPushNotificationConfig ?? value.task_push_notification_config
  const config = readOptional(readPushNotificationConfig, push, 'taskPushNotificationConfig', out)
  const historyLength = readInt(value.historyLength ?? value.history_length, 'historyLength', out, 0)
  if (modes) configuration.acceptedOutputModes = modes
  if (config) configuration.taskPushNotificationConfig = config
  if (historyLength !== undefined) configuration.historyLength = historyLength
  if (readBoolean(value.returnImmediately ?? value.return_immediately, 'returnImmediately', out))
    configuration.returnImmediately = true
  return configuration
}

/** Reads the params of SendMessage and SendStreamingMessage (§3.2.1). */
export const readSendMessageRequest: Reader<SendMessageRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const request: SendMessageRequest = { message: readRequired(readMessage, value.message, 'message', out) }
  const tenant = readString(value.tenant, 'tenant', out)
  const configuration = readOptional(readConfiguration, value.configuration, 'configuration', out)
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  if (tenant) request.tenant = tenant
  if (configuration) request.configuration = configuration
  if (metadata) request.metadata = metadata
  return request
}

/** Writes the params of SendMessage and SendStreamingMessage. */
export function encodeSendMessageRequest(request: SendMessageRequest): WireSendMessageRequest {
  return { ...request, message: encodeMessage(request.message) }
}
