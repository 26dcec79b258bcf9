import {
  A2A_JSON,
  A2AError,
  decodeRestRequest,
  encodeRestError,
  isRestContentType,
  isStreaming,
  JSON_TYPE,
  matchRestRoute,
  mediaTypeEssence,
  type Requests,
} from '@pf-agents/a2a-protocol'
import type { RequestInfo } from '@pf-agents/agent-core'
import type { Service } from '../service'
import { restFraming } from '../stream/framing'
import { jsonAnswer, parseBody } from './answer'

const none: readonly string[] = []

/**
 * Answers one HTTP+JSON request (A2A 1.0, 11). Checked in this order: route, version, extensions, capability, content type,
 * JSON, params; then the operation.
 *
 * @param path - what stands behind the interface's URL, still percent-encoded
 */
export async function answerRest(
  service: Service,
  request: Request,
  info: RequestInfo,
  path: string,
): Promise<Response> {
  const { adapter } = service
  if (adapter?.takesRest(path, request, info)) return adapter.answerRest(service, path, request, info)
  let extensions = none
  try {
    const match = matchRestRoute(request.method, path)
    if (match === undefined) throw new A2AError('MethodNotFoundError', { message: 'There is no such operation.' })
    extensions = service.negotiation.agree(request, info)
    service.negotiation.checkCapability(match.operation)
    const body = request.method === 'POST' ? await readRestBody(request, info) : undefined
    const params = decodeRestRequest(match, queryOf(request.url), body)
    if (isStreaming(match.operation))
      return await service.stream(
        match.operation,
        params as Requests[typeof match.operation],
        request,
        info,
        extensions,
        restFraming,
      )
    const result = await service.answer(match.operation, params, request, info, extensions)
    return jsonAnswer(result, extensions, 200, answerType(request))
  } catch (error) {
    return restFailure(service.tell(error), request, extensions)
  }
}

/** An error as HTTP+JSON tells it: google.rpc.Status (11.6). */
export function restFailure(error: A2AError, request: Request, extensions: readonly string[] = none): Response {
  const { status, body } = encodeRestError(error)
  return jsonAnswer(body, extensions, status, answerType(request), error)
}

/** An empty body is the same as `{}` (11.4), whatever its content type says. */
async function readRestBody(request: Request, info: RequestInfo): Promise<unknown> {
  const bytes = await info.readBody()
  if (bytes.byteLength === 0) return undefined
  if (!isRestContentType(info.header('content-type'))) {
    throw new A2AError('ContentTypeNotSupportedError', {
      message: `Bodies have the content type ${A2A_JSON} or ${JSON_TYPE}.`,
    })
  }
  return parseBody(bytes, info)
}

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at).split('#', 1)[0])
}

/** A2A's own media type, but plain JSON for those who speak it: by what they accept, or what they sent. */
function answerType(request: Request): string {
  if (mediaTypeEssence(request.headers.get('content-type')) === JSON_TYPE) return JSON_TYPE
  const accept = request.headers.get('accept') ?? ''
  return accept.includes(JSON_TYPE) && !accept.includes(A2A_JSON) ? JSON_TYPE : A2A_JSON
}
