import { type Fields, isFields } from '../json/read'
import type { Operation, Requests } from '../operations'
import type { SendMessageConfiguration, WireSendMessageRequest } from '../wire/requests'
import { memberOf, present, translated, type V03Form } from './form'
import { downgradeMessage, upgradeAnyMessage } from './message'
import { downgradeBareConfig, downgradePushConfig, upgradeBareConfig, upgradePushConfig } from './push-config'

function upgradeConfiguration(configuration: Fields, form: V03Form): Fields {
  const { blocking } = configuration
  return present({
    acceptedOutputModes: memberOf(configuration, 'acceptedOutputModes', 'accepted_output_modes'),
    historyLength: memberOf(configuration, 'historyLength', 'history_length'),
    taskPushNotificationConfig: upgradeBareConfig(
      memberOf(configuration, 'pushNotificationConfig', 'pushNotification', 'push_notification'),
    ),
    // A caller that says nothing waits, as with every SDK; but the proto can't say `false` in any other way.
    returnImmediately: blocking === false || (form === 'proto' && blocking === undefined) ? true : undefined,
  })
}

/** Which form the body of a 0.3 request with a message is in. */
export function formOfV03Request(body: unknown): V03Form {
  const message = isFields(body) ? memberOf(body, 'message', 'request') : undefined
  return isFields(message) &&
    message.kind === undefined &&
    (message.content !== undefined || message.parts === undefined)
    ? 'proto'
    : 'kind'
}

/** Makes of the params of a 0.3 request those of the operation in 1.0, for the reader of 1.0 to check. */
export function upgradeV03Params(operation: Operation, params: unknown): unknown {
  if (!isFields(params)) return params
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage': {
      const form = formOfV03Request(params)
      return present({
        message: upgradeAnyMessage(memberOf(params, 'message', 'request')),
        configuration: translated(memberOf(params, 'configuration'), (fields) => upgradeConfiguration(fields, form)),
        metadata: memberOf(params, 'metadata'),
      })
    }
    case 'CreateTaskPushNotificationConfig': {
      const config = upgradePushConfig(params)
      // Without an id, 0.3 means the one config of the task.
      return isFields(config) ? present({ ...config, id: config.id ?? config.taskId }) : config
    }
    case 'GetTaskPushNotificationConfig':
    case 'DeleteTaskPushNotificationConfig':
      return present({ taskId: params.id, id: memberOf(params, 'pushNotificationConfigId') })
    case 'ListTaskPushNotificationConfigs':
      return present({ taskId: params.id })
    case 'GetExtendedAgentCard':
      return {}
    default:
      return params
  }
}

/** Makes of what an operation of 1.0 is asked with the params of 0.3. */
export function toV03Params<K extends Operation>(operation: K, request: Requests[K], form: V03Form = 'kind'): Fields {
  const { tenant: _tenant, ...rest } = request as Fields
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage':
      return downgradeSend(request as unknown as WireSendMessageRequest, operation === 'SendMessage', form)
    case 'CreateTaskPushNotificationConfig':
      return downgradePushConfig(request as Requests['CreateTaskPushNotificationConfig'], form)
    case 'GetTaskPushNotificationConfig':
    case 'DeleteTaskPushNotificationConfig':
      return { id: rest.taskId, pushNotificationConfigId: rest.id }
    case 'ListTaskPushNotificationConfigs':
      return { id: rest.taskId }
    default:
      return rest
  }
}

function downgradeSend(
  { message, configuration, metadata }: WireSendMessageRequest,
  isUnary: boolean,
  form: V03Form,
): Fields {
  return present({
    message: downgradeMessage(message, form),
    configuration: downgradeConfiguration(configuration ?? {}, isUnary, form),
    metadata,
  })
}

function downgradeConfiguration(configuration: SendMessageConfiguration, isUnary: boolean, form: V03Form): Fields {
  const { acceptedOutputModes, historyLength, returnImmediately, taskPushNotificationConfig: config } = configuration
  return present({
    acceptedOutputModes,
    historyLength,
    [form === 'kind' ? 'pushNotificationConfig' : 'pushNotification']: config && downgradeBareConfig(config),
    // Said in any case: agents differ in what they take it for where it is left out.
    blocking: isUnary ? returnImmediately !== true : undefined,
  })
}
