import { PfError, type ProviderData } from '@pf-agents/agent-core'
import type { DecoderContext } from './wire'

/** Sound that comes in pieces: one file, at its end. */
export class Sound {
  readonly mediaType: string
  readonly #context: DecoderContext
  readonly #pieces: string[] = []
  #own: { providerData?: ProviderData } = {}

  constructor(context: DecoderContext, mediaType: string) {
    this.#context = context
    this.mediaType = mediaType
  }

  add(piece: string, own: { providerData?: ProviderData } = {}): void {
    this.#context.holdFile(piece.length)
    this.#pieces.push(piece)
    this.#own = own
  }

  end(): void {
    const raw = joined(this.#pieces)
    this.#context.sink.parts.push({ type: 'file', mediaType: this.mediaType, raw, ...this.#own })
  }
}

/** Base64 of all pieces, each of which may end within three bytes. */
function joined(pieces: readonly string[]): string {
  const text = pieces.join('')
  if (!text.includes('=') || text.indexOf('=') >= text.length - 2) return text
  try {
    return btoa(pieces.map((piece) => atob(piece)).join(''))
  } catch {
    throw new PfError('PF_REMOTE_RESPONSE', 'The sound of the answer is no base64.')
  }
}
