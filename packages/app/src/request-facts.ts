import { anonymous, type Principal, type RequestInfo } from '@pf-agents/agent-core'
import { readBody } from '@pf-agents/http-kit'
import type { Arrival, FetchContext } from './app'
import type { BodyLimits } from './body-limits'
import { RequestPlace, type RequestPlaces } from './request-places'

const noParams: Readonly<Record<string, string>> = Object.freeze({})

/** The path of an absolute URL, still percent-encoded. Cheaper than parsing it all. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start < 0) return '/'
  for (let at = start; at < url.length; at++) {
    const code = url.charCodeAt(at)
    if (code === 0x3f || code === 0x23) return url.slice(start, at)
  }
  return url.slice(start)
}

/** Waits for a body that knows nothing of the request's place. */
function arrived(body: Promise<Uint8Array>, place: Arrival): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    place.begin(reject)
    body.then(
      (bytes) => {
        try {
          place.done()
          resolve(bytes)
        } catch (error) {
          reject(error as Error)
        }
      },
      (error: unknown) => {
        place.failed()
        reject(error as Error)
      },
    )
  })
}

/** What a route knows of a request. One per request; nothing of it is made before it is asked for. */
export class RequestFacts implements RequestInfo {
  readonly request: Request
  principal: Principal = anonymous
  tenant = ''
  path: string
  params = noParams
  readonly place: RequestPlace
  readonly #context: FetchContext
  readonly #limits: BodyLimits
  readonly #isDirect: boolean

  /** @param isDirect - whether what the route returns is the app's answer: no middleware sees it */
  constructor(request: Request, context: FetchContext, limits: BodyLimits, places: RequestPlaces, isDirect: boolean) {
    this.request = request
    this.path = context.path ?? pathOf(request.url)
    this.#context = context
    this.#limits = limits
    this.place = new RequestPlace(places)
    this.#isDirect = isDirect
  }

  get basePath(): string {
    return this.#context.basePath ?? ''
  }

  get waitUntil(): FetchContext['waitUntil'] {
    return this.#context.waitUntil
  }

  get remoteAddress(): string | undefined {
    return this.#context.remoteAddress
  }

  get jsonValues(): number {
    return this.#limits.jsonValues
  }

  /** Bytes of the body, where the host vouches for it. */
  get bodyLength(): number | undefined {
    return this.#context.bodyLength
  }

  /** The route's response has a body that the host may take straight. */
  streamed(): void {
    this.#context.streamed?.()
  }

  sendNow(response: Response): boolean {
    return this.#isDirect && this.request.method !== 'HEAD' && this.#context.sendNow?.(response) === true
  }

  whenGone(listener: () => void): () => void {
    const context = this.#context
    if (context.whenGone !== undefined) return context.whenGone(listener)
    const { signal } = this.request
    if (signal.aborted) listener()
    signal.addEventListener('abort', listener)
    return () => signal.removeEventListener('abort', listener)
  }

  header(name: string): string | null {
    const context = this.#context
    return context.header === undefined ? this.request.headers.get(name) : context.header(name)
  }

  readBody(): Promise<Uint8Array> {
    const context = this.#context
    const { bodyBytes } = this.#limits
    if (context.readBody !== undefined) return context.readBody(bodyBytes, this.place)
    return arrived(readBody(this.request, bodyBytes, { framed: context.bodyLength !== undefined }), this.place)
  }
}
