import { isFields, readInt, type Reader, readList, readOptional, readString, requireString } from '../json/read'
import { invalid } from '../json/violations'
import type { AuthenticationInfo, TaskPushNotificationConfig } from '../wire/push-notification-config'
import type {
  CreateTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  ListTaskPushNotificationConfigsRequest,
} from '../wire/requests'
import type { ListTaskPushNotificationConfigsResponse } from '../wire/responses'

const readAuthentication: Reader<AuthenticationInfo> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const authentication: AuthenticationInfo = { scheme: requireString(value.scheme, 'scheme', out) }
  const credentials = readString(value.credentials, 'credentials', out)
  if (credentials) authentication.credentials = credentials
  return authentication
}

/** Reads a TaskPushNotificationConfig (§4.3.1). Whether its address may be called is not decided here. */
export const readPushNotificationConfig: Reader<TaskPushNotificationConfig> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const config: TaskPushNotificationConfig = { url: requireString(value.url, 'url', out) }
  const tenant = readString(value.tenant, 'tenant', out)
  const id = readString(value.id, 'id', out)
  const taskId = readString(value.taskId ?? value.task_id, 'taskId', out)
  const token = readString(value.token, 'token', out)
  const authentication = readOptional(readAuthentication, value.authentication, 'authentication', out)
  if (tenant) config.tenant = tenant
  if (id) config.id = id
  if (taskId) config.taskId = taskId
  if (token) config.token = token
  if (authentication) config.authentication = authentication
  return config
}

/** Reads the params of CreateTaskPushNotificationConfig (§3.1.7). */
export const readCreatePushNotificationConfigRequest: Reader<CreateTaskPushNotificationConfigRequest> = (
  value,
  out,
) => {
  const config = readPushNotificationConfig(value, out)
  if (isFields(value)) config.taskId = requireString(value.taskId ?? value.task_id, 'taskId', out)
  return config as CreateTaskPushNotificationConfigRequest
}

/** Reads the params of GetTaskPushNotificationConfig and DeleteTaskPushNotificationConfig (§3.1.8, §3.1.10). */
export const readPushNotificationConfigReference: Reader<GetTaskPushNotificationConfigRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const request: GetTaskPushNotificationConfigRequest = {
    taskId: requireString(value.taskId ?? value.task_id, 'taskId', out),
    id: requireString(value.id, 'id', out),
  }
  const tenant = readString(value.tenant, 'tenant', out)
  if (tenant) request.tenant = tenant
  return request
}

/** Reads the params of ListTaskPushNotificationConfigs (§3.1.9). A page size of 0 is its default and means "not set". */
export const readListPushNotificationConfigsRequest: Reader<ListTaskPushNotificationConfigsRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const request: ListTaskPushNotificationConfigsRequest = {
    taskId: requireString(value.taskId ?? value.task_id, 'taskId', out),
  }
  const tenant = readString(value.tenant, 'tenant', out)
  const pageSize = readInt(value.pageSize ?? value.page_size, 'pageSize', out, 0)
  const pageToken = readString(value.pageToken ?? value.page_token, 'pageToken', out)
  if (tenant) request.tenant = tenant
  if (pageSize) request.pageSize = pageSize
  if (pageToken) request.pageToken = pageToken
  return request
}

/** Reads the answer to ListTaskPushNotificationConfigs. */
export const readListPushNotificationConfigsResponse: Reader<ListTaskPushNotificationConfigsResponse> = (
  value,
  out,
) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  return {
    configs: readList(readPushNotificationConfig, value.configs, 'configs', out) ?? [],
    nextPageToken: readString(value.nextPageToken ?? value.next_page_token, 'nextPageToken', out) ?? '',
  }
}
