import type { A2AServerOptions } from '@pf-agents/a2a-server'

/** The cards that the kit has to be run with to exercise all it has. */
export type CardName = 'full' | 'unary' | 'required-extension' | 'extended'

/** What each card asks of the server. */
export const cards: Readonly<Record<CardName, A2AServerOptions>> = {
  /** Everything that is served, but for the extended card: CORE-CAP-003 wants it off. */
  full: {},
  /** No streaming and no push (CORE-CAP-001, CORE-CAP-002). */
  unary: {},
  /** An extension that every request has to name (CORE-CAP-004); the kit's other requests do not. */
  'required-extension': {
    card: {
      capabilities: {
        extensions: [
          { uri: 'urn:a2a:tck:required-extension', description: 'Every request has to name it', required: true },
        ],
      },
    },
  },
  /** The extended card is declared and there (CARD-EXT-001, CARD-EXT-002). */
  extended: {
    extendedCard: { documentationUrl: 'https://example.com/pf-agents/extended' },
  },
}

/** Names of the cards. */
export const cardNames = Object.keys(cards) as CardName[]
