import { readJsonObject } from '../json/free-form'
import { readId, requireId } from '../json/id'
import { intBetween } from '../json/read'
import { shape } from '../json/shape'
import type {
  CancelTaskRequest,
  GetExtendedAgentCardRequest,
  GetTaskRequest,
  SubscribeToTaskRequest,
} from '../wire/requests'

/** Reads the params of GetTask (§3.1.3). */
export const readGetTaskRequest = /* @__PURE__ */ shape<GetTaskRequest>({
  tenant: readId,
  id: requireId,
  historyLength: /* @__PURE__ */ intBetween(0),
})

/** Reads the params of CancelTask (§3.1.5). */
export const readCancelTaskRequest = /* @__PURE__ */ shape<CancelTaskRequest>({
  tenant: readId,
  id: requireId,
  metadata: readJsonObject,
})

/** Reads the params of SubscribeToTask (§3.1.6). */
export const readSubscribeToTaskRequest = /* @__PURE__ */ shape<SubscribeToTaskRequest>({
  tenant: readId,
  id: requireId,
})

/** Reads the params of GetExtendedAgentCard, which may be missing altogether (§3.1.11). */
export const readGetExtendedAgentCardRequest = /* @__PURE__ */ shape<GetExtendedAgentCardRequest>({
  tenant: readId,
})
