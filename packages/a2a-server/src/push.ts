/**
 * Push notifications of the A2A server: configs, an outbox worker, guarded delivery. Node only.
 *
 * @module
 */
export type { PushOptions } from './push/options'
export { pushNotifications } from './push/push-notifications'
export {
  type AttachedConfig,
  type PushCaller,
  type PushService,
  pushServicePort,
  type WireVersion,
} from './push-port/push-service'
