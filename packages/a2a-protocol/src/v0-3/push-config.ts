import { type Fields, isFields } from '../json/read'
import type { TaskPushNotificationConfig } from '../wire/push-notification-config'
import { memberOf, present, translated, type V03Form } from './form'

function upgradeAuthentication({ schemes, scheme, credentials }: Fields): Fields {
  // 1.0 has one scheme; the first is the one a sender of 0.3 uses.
  return present({ scheme: Array.isArray(schemes) ? schemes[0] : scheme, credentials: credentials ?? undefined })
}

/** Makes of a PushNotificationConfig of 0.3 what 1.0 has within SendMessage: one without a task. */
export function upgradeBareConfig(config: unknown): unknown {
  return translated(config, (fields) =>
    present({
      id: memberOf(fields, 'id'),
      url: fields.url,
      token: memberOf(fields, 'token'),
      authentication: translated(memberOf(fields, 'authentication'), upgradeAuthentication),
    }),
  )
}

/** The ids in a resource name of the proto, `tasks/x/pushNotificationConfigs/y`. */
function idsOf(name: unknown): { taskId?: string; id?: string } {
  const [, taskId, id] =
    (typeof name === 'string' && /^tasks\/([^/]+)(?:\/pushNotificationConfigs\/([^/]*))?$/.exec(name)) || []
  return { ...(taskId && { taskId }), ...(id && { id }) }
}

/**
 * Makes a TaskPushNotificationConfig of 1.0 of one of 0.3: with the task beside the config, or with the resource name of
 * the proto; the proto's request to make one has the config a level deeper.
 */
export function upgradePushConfig(value: unknown): unknown {
  if (!isFields(value)) return value
  const inner = isFields(value.config) ? value.config : value
  const config = upgradeBareConfig(memberOf(inner, 'pushNotificationConfig', 'push_notification_config'))
  if (!isFields(config)) return present({ taskId: memberOf(value, 'taskId', 'task_id') })
  const named = { ...idsOf(inner.name), ...idsOf(value.parent) }
  return present({
    ...config,
    id: config.id ?? memberOf(value, 'configId', 'config_id') ?? named.id,
    taskId: memberOf(value, 'taskId', 'task_id') ?? named.taskId,
  })
}

/** Makes a PushNotificationConfig of 0.3 of a config of 1.0. */
export function downgradeBareConfig({ id, url, token, authentication }: TaskPushNotificationConfig): Fields {
  const { scheme, credentials } = authentication ?? {}
  return present({ id, url, token, authentication: scheme && present({ schemes: [scheme], credentials }) })
}

/** Makes a TaskPushNotificationConfig of 0.3 of one of 1.0. */
export function downgradePushConfig(config: TaskPushNotificationConfig, form: V03Form): Fields {
  const { taskId = '', id = '' } = config
  const pushNotificationConfig = downgradeBareConfig(config)
  return form === 'kind'
    ? { taskId, pushNotificationConfig }
    : { name: `tasks/${taskId}/pushNotificationConfigs/${id}`, pushNotificationConfig }
}
