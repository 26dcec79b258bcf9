/**
 * For tests of agents with a model: a provider that answers by a script, over every wire format.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export {
  createFakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeRequest,
  type FakeScript,
} from './testing/fake-provider'
export type { FakeToolCall, FakeTurn, FakeWire } from './testing/turn'
