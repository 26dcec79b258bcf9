import { readJsonObject } from '../json/free-form'
import { isFields, readInt, type Reader, readString, requireString } from '../json/read'
import { invalid } from '../json/violations'
import type {
  CancelTaskRequest,
  GetExtendedAgentCardRequest,
  GetTaskRequest,
  SubscribeToTaskRequest,
} from '../wire/requests'

/** Reads the params of SubscribeToTask (§3.1.6). */
export const readSubscribeToTaskRequest: Reader<SubscribeToTaskRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const request: SubscribeToTaskRequest = { id: requireString(value.id, 'id', out) }
  const tenant = readString(value.tenant, 'tenant', out)
  if (tenant) request.tenant = tenant
  return request
}

/** Reads the params of GetTask (§3.1.3). */
export const readGetTaskRequest: Reader<GetTaskRequest> = (value, out) => {
  const request: GetTaskRequest = readSubscribeToTaskRequest(value, out)
  if (!isFields(value)) return request
  const historyLength = readInt(value.historyLength ?? value.history_length, 'historyLength', out, 0)
  if (historyLength !== undefined) request.historyLength = historyLength
  return request
}

/** Reads the params of CancelTask (§3.1.5). */
export const readCancelTaskRequest: Reader<CancelTaskRequest> = (value, out) => {
  const request: CancelTaskRequest = readSubscribeToTaskRequest(value, out)
  if (!isFields(value)) return request
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  if (metadata) request.metadata = metadata
  return request
}

/** Reads the params of GetExtendedAgentCard, which may be missing altogether (§3.1.11). */
export const readGetExtendedAgentCardRequest: Reader<GetExtendedAgentCardRequest> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const tenant = readString(value.tenant, 'tenant', out)
  return tenant ? { tenant } : {}
}
