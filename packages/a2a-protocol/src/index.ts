/**
 * A2A 1.0.1 on the wire: types, strict decoding, encoding, errors, and the small rules of both HTTP bindings. No I/O.
 * Neutral: runs on Node and inside a WebAssembly component. Section numbers (§) are those of the A2A specification 1.0.1.
 *
 * @module
 */
export { encodeMessage } from './codec/message'
export { DEFAULT_PAGE_SIZE, encodeListTasksRequest, encodeListTasksResponse, MAX_PAGE_SIZE } from './codec/list-tasks'
export { encodeSendMessageRequest } from './codec/send-message'
export { encodeSendMessageResponse, encodeStreamResponse } from './codec/stream-response'
export { encodeTask, type EncodeTaskOptions, encodeTaskStatus, limitHistory } from './codec/task'
export {
  decodeAgentCard,
  decodeListPushNotificationConfigsResponse,
  decodeListTasksResponse,
  decodeMessage,
  decodePushNotificationConfig,
  decodeRequest,
  decodeSendMessageResponse,
  decodeStreamResponse,
  decodeTask,
} from './decode'
export { A2AError, type A2AErrorOptions, isA2AError, type RemoteError } from './error/a2a-error'
export { decodeJsonRpcError, decodeRestError } from './error/decode-error'
export {
  encodeJsonRpcError,
  encodeRestError,
  jsonRpcHttpStatus,
  type JsonRpcErrorResponse,
  type RestErrorBody,
  retryAfterHeader,
} from './error/encode-error'
export {
  A2A_ERROR_DOMAIN,
  type A2AErrorKind,
  type ErrorRow,
  errorTable,
  OWN_ERROR_DOMAIN,
  reasonOf,
} from './error/error-table'
export { toA2AError } from './error/to-a2a-error'
export { MAX_JSON_DEPTH } from './json/free-form'
export { MAX_ID_LENGTH, MAX_PAGE_TOKEN_LENGTH } from './json/id'
export { type FieldViolation, MAX_VIOLATIONS } from './json/violations'
export {
  decodeJsonRpcRequest,
  decodeJsonRpcResponse,
  encodeJsonRpcRequest,
  encodeJsonRpcResult,
  type JsonRpcId,
  type JsonRpcRefusal,
  type JsonRpcRequest,
} from './json-rpc/envelope'
export { A2A_EXTENSIONS_HEADER, negotiateExtensions, parseExtensions } from './negotiation/extensions'
export {
  A2A_JSON,
  acceptsMediaType,
  EVENT_STREAM,
  isJsonContentType,
  isRestContentType,
  JSON_TYPE,
  mediaTypeEssence,
  mediaTypeOfPart,
  unsupportedPart,
} from './negotiation/media-type'
export { interruptExtensionUri, replayExtensionUri } from './negotiation/own-extensions'
export { A2A_VERSION, A2A_VERSION_HEADER, negotiateVersion, parseVersion, sameVersion } from './negotiation/version'
export {
  isOperation,
  isStreaming,
  type Operation,
  operationCapabilities,
  type OperationCapability,
  type Requests,
} from './operations'
export { decodeCursor, encodeCursor } from './paging/cursor'
export { decodeRestRequest, encodeRestRequest, type RestCall } from './rest/request'
export { isPathTenant, matchRestRoute, type RestMatch } from './rest/routes'
export { canonicalAgentCard, type CardForm } from './signing/canonical-card'
export { canonicalJson } from './signing/canonical-json'
export {
  cardFormHeader,
  type CardPayload,
  cardPayloads,
  type CardSigner,
  signAgentCard,
  type SignCardOptions,
} from './signing/sign-card'
export type { CardOrigin, CardVerifier, VerifiedCard } from './signing/verify-card'
export { A2A_VERSION_0_3, isV03Card, toV03Card, upgradeV03Card, V03_EXTENSIONS_HEADER } from './v0-3/card'
export { decodeV03RestError, encodeV03JsonRpcError, encodeV03RestError } from './v0-3/error'
export { toV03Event, upgradeV03Event } from './v0-3/event'
export type { V03Form } from './v0-3/form'
export { methodOfV03, operationOfV03, type V03Method } from './v0-3/methods'
export { formOfV03Request, toV03Params, upgradeV03Params } from './v0-3/params'
export { encodeV03RestRequest, matchV03Route, upgradeV03RestParams } from './v0-3/rest'
export { toV03Result, upgradeV03Result } from './v0-3/result'
export type * from './wire/agent-card'
export type * from './wire/message'
export type * from './wire/push-notification-config'
export type * from './wire/requests'
export type * from './wire/responses'
export type * from './wire/security-scheme'
export type * from './wire/stream-response'
export type * from './wire/task'
