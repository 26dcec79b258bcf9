import type { Awaitable, FeatureRoute, RequestInfo } from '@pf-agents/agent-core'
import { contentHash } from './content-hash'

/** Cards kept ready, one per address they were asked for at; the address is the caller's to choose. */
const maxKept = 16

interface Rendered {
  body: string
  etag: string
}

/** What {@link CardRoute} serves. */
export interface CardRouteParts {
  /** Default: the well-known place. */
  readonly path?: string | undefined
  /** Request header that the card differs by, if one. */
  readonly vary?: string | undefined
  /** The one address that cards are made for; `undefined` where it is that of each request. */
  readonly address: string | undefined
  /** Answers in its stead, where another version of the card is asked for. */
  instead?(request: Request, info: RequestInfo): Awaitable<Response> | undefined
  /** The card for requests to an address. */
  render(address: string, tenant: string): Awaitable<object>
  /** When the card came to be, in milliseconds since 1970. Asked once. */
  modified(): number
  maxAgeSeconds: number
}

/** Serves the agent card at its well-known place (A2A 1.0, 8.2), with what caches need (8.6). */
export class CardRoute implements FeatureRoute {
  readonly method = 'GET'
  readonly path: string
  readonly public = true
  readonly #parts: CardRouteParts
  readonly #cacheControl: string
  readonly #kept = new Map<string, Awaitable<Rendered>>()
  #modified: string | undefined

  constructor(parts: CardRouteParts) {
    this.#parts = parts
    this.path = parts.path ?? '/.well-known/agent-card.json'
    this.#cacheControl = `public, max-age=${parts.maxAgeSeconds}`
    this.handle = this.handle.bind(this)
  }

  handle(request: Request, info: RequestInfo): Awaitable<Response> {
    const other = this.#parts.instead?.(request, info)
    if (other !== undefined) return other
    const card = this.#card(this.#parts.address ?? originOf(request.url) + info.basePath, info.tenant)
    return card instanceof Promise
      ? card.then((made) => this.#answer(request, made))
      : this.#answer(request, card as Rendered)
  }

  /** Makes the card of a tenant before anybody asks for it. Only for cards with an address of their own. */
  async prepare(tenant: string): Promise<void> {
    await this.#card(this.#parts.address ?? '', tenant)
  }

  #answer(request: Request, { body, etag }: Rendered): Response {
    this.#modified ??= new Date(this.#parts.modified()).toUTCString()
    const headers = {
      'content-type': 'application/json',
      etag,
      'last-modified': this.#modified,
      'cache-control': this.#cacheControl,
      ...(this.#parts.vary !== undefined && { vary: this.#parts.vary }),
    }
    return this.#isFresh(request, etag) ? new Response(null, { status: 304, headers }) : new Response(body, { headers })
  }

  #card(address: string, tenant: string): Awaitable<Rendered> {
    const key = `${address} ${tenant}`
    let card = this.#kept.get(key)
    if (card === undefined) {
      const made = this.#parts.render(address, tenant)
      card = made instanceof Promise ? this.#signed(key, made) : renderedOf(made)
      if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value as string)
      this.#kept.set(key, card)
    }
    return card
  }

  async #signed(key: string, card: Promise<object>): Promise<Rendered> {
    try {
      return renderedOf(await card)
    } catch (error) {
      // The next request tries again.
      this.#kept.delete(key)
      throw error
    }
  }

  /** RFC 9110 13.2.2: If-None-Match decides where it is given, If-Modified-Since otherwise. */
  #isFresh(request: Request, etag: string): boolean {
    const tags = request.headers.get('if-none-match')
    if (tags !== null)
      return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
    const since = request.headers.get('if-modified-since')
    return since !== null && Date.parse(since) >= Date.parse(this.#modified as string)
  }
}

function renderedOf(card: object): Rendered {
  const body = JSON.stringify(card)
  return { body, etag: `"${contentHash(body)}"` }
}

/** Scheme and host of an absolute URL. */
export function originOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('://') + 3)
  return end < 0 ? url : url.slice(0, end)
}
