import { PfError, type RequestInfo } from '@pf-agents/agent-core'

/** @throws PfError PF_MEDIA_TYPE where the body is said to be something other than JSON */
export function checkContentType(info: RequestInfo): void {
  const [type = ''] = (info.header('content-type') ?? 'application/json').split(';')
  if (!/^application\/(?:[\w.-]+\+)?json$/i.test(type.trim()))
    throw new PfError('PF_MEDIA_TYPE', 'The body has a media type that can not be read. Send application/json.')
}

/** @throws PfError PF_NOT_ACCEPTABLE where the caller takes no event stream */
export function checkAccept(info: RequestInfo): void {
  const accept = info.header('accept')
  if (accept === null || accept.trim() === '') return
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((one) => one.trim().toLowerCase())
    return { type, isRefused: parameters.some((one) => /^q=0(?:\.0{0,3})?$/.test(one)) }
  })
  // The range that names it best says whether it is taken.
  const best = ['text/event-stream', 'text/*', '*/*'].flatMap((name) => ranges.find(({ type }) => type === name) ?? [])
  const takes = best[0]?.isRefused === false
  if (!takes)
    throw new PfError(
      'PF_NOT_ACCEPTABLE',
      'The caller takes no media type that the answer can have. Accept text/event-stream.',
    )
}

/** Which pages may call. */
export class CrossOrigin {
  readonly #origins: '*' | ReadonlySet<string> | undefined

  constructor(origins: '*' | readonly string[] | undefined) {
    this.#origins = origins === undefined || origins === '*' ? origins : new Set(origins)
  }

  get isOn(): boolean {
    return this.#origins !== undefined
  }

  /** Headers of every answer to this request. */
  headers(info: RequestInfo): Record<string, string> {
    if (this.#origins === undefined) return {}
    if (this.#origins === '*') return { 'access-control-allow-origin': '*' }
    const origin = info.header('origin')
    const isKnown = origin !== null && this.#origins.has(origin)
    return { vary: 'Origin', ...(isKnown && { 'access-control-allow-origin': origin }) }
  }

  /** The answer to a browser that asks whether it may. */
  preflight(info: RequestInfo): Response {
    return new Response(null, {
      status: 204,
      headers: {
        ...this.headers(info),
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type, accept, authorization, last-event-id',
        'access-control-max-age': '600',
      },
    })
  }
}
