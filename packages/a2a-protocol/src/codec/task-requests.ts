import { readJsonObject } from '../json/free-form'
import { intBetween, readString, requireString } from '../json/read'
import { shape } from '../json/shape'
import type {
  CancelTaskRequest,
  GetExtendedAgentCardRequest,
  GetTaskRequest,
  SubscribeToTaskRequest,
} from '../wire/requests'

/** Reads the params of GetTask (§3.1.3). */
export const readGetTaskRequest = /* @__PURE__ */ shape<GetTaskRequest>({
  tenant: readString,
  id: requireString,
  historyLength: /* @__PURE__ */ intBetween(0),
})

/** Reads the params of CancelTask (§3.1.5). */
export const readCancelTaskRequest = /* @__PURE__ */ shape<CancelTaskRequest>({
  tenant: readString,
  id: requireString,
  metadata: readJsonObject,
})

/** Reads the params of SubscribeToTask (§3.1.6). */
export const readSubscribeToTaskRequest = /* @__PURE__ */ shape<SubscribeToTaskRequest>({
  tenant: readString,
  id: requireString,
})

/** Reads the params of GetExtendedAgentCard, which may be missing altogether (§3.1.11). */
export const readGetExtendedAgentCardRequest = /* @__PURE__ */ shape<GetExtendedAgentCardRequest>({
  tenant: readString,
})
