import { readId, readPageToken, requireId } from '../json/id'
import { intBetween, listOf, optional, type Reader, readString, requireString, withDefault } from '../json/read'
import { shape } from '../json/shape'
import type { AuthenticationInfo, TaskPushNotificationConfig } from '../wire/push-notification-config'
import type {
  CreateTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  ListTaskPushNotificationConfigsRequest,
} from '../wire/requests'
import type { ListTaskPushNotificationConfigsResponse } from '../wire/responses'

const config = {
  tenant: readString,
  id: readString,
  taskId: readString,
  url: requireString,
  token: readString,
  authentication: /* @__PURE__ */ optional(
    /* @__PURE__ */ shape<AuthenticationInfo>({ scheme: requireString, credentials: readString }),
  ),
}

/** Reads a peer's TaskPushNotificationConfig (§4.3.1). Whether its address may be called is not decided here. */
export const readPushNotificationConfig: Reader<TaskPushNotificationConfig> =
  /* @__PURE__ */ shape<TaskPushNotificationConfig>(config)

const incoming = { ...config, tenant: readId, id: readId, taskId: readId }

/** Reads the config that comes with a message, whose ids are bounded. */
export const readIncomingConfig: Reader<TaskPushNotificationConfig> =
  /* @__PURE__ */ shape<TaskPushNotificationConfig>(incoming)

/** Reads the params of CreateTaskPushNotificationConfig (§3.1.7). */
export const readCreatePushNotificationConfigRequest = /* @__PURE__ */ shape<CreateTaskPushNotificationConfigRequest>({
  ...incoming,
  taskId: requireId,
})

/** Reads the params of GetTaskPushNotificationConfig and DeleteTaskPushNotificationConfig (§3.1.8, §3.1.10). */
export const readPushNotificationConfigReference = /* @__PURE__ */ shape<GetTaskPushNotificationConfigRequest>({
  tenant: readId,
  taskId: requireId,
  id: requireId,
})

/** A page size of 0 is the default of proto3 and means "not set". */
const pageSize = /* @__PURE__ */ intBetween(0)

/** Reads the params of ListTaskPushNotificationConfigs (§3.1.9). */
export const readListPushNotificationConfigsRequest = /* @__PURE__ */ shape<ListTaskPushNotificationConfigsRequest>({
  tenant: readId,
  taskId: requireId,
  pageSize: (value, field, out) => pageSize(value, field, out) || undefined,
  pageToken: readPageToken,
})

/** Reads the answer to ListTaskPushNotificationConfigs. */
export const readListPushNotificationConfigsResponse = /* @__PURE__ */ shape<ListTaskPushNotificationConfigsResponse>({
  configs: /* @__PURE__ */ withDefault(
    /* @__PURE__ */ listOf(readPushNotificationConfig),
    (): TaskPushNotificationConfig[] => [],
  ),
  nextPageToken: /* @__PURE__ */ withDefault(readString, () => ''),
})
