import { pushNotifications } from '@pf-agents/a2a-server/push'
import { eventStream } from '@pf-agents/event-stream'
import type { CardName } from './cards'

/**
 * What Node can do beyond a component: streams and push notifications. The kit's receiver of those is on this machine; it
 * registers webhooks at example.com as well, a name that need not be known where the kit runs.
 */
export function nodeFeatures(card: CardName) {
  return card === 'unary'
    ? []
    : [eventStream(), pushNotifications({ allow: ['http://localhost:*', 'http://127.0.0.1:*', 'https://example.com'] })]
}
