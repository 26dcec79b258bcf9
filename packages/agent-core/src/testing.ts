/**
 * For tests of agents, features and drivers: a clock that is moved by hand, seeded randomness, ports over memory stores,
 * and a store that fails on demand. Runs on Node and in a component.
 *
 * @module
 */
export { createFakeClock, type FakeClock } from './testing/fake-clock'
export { createSeededRandom, type SeededRandom } from './testing/seeded-random'
export { createFaultyRunStore, type RunStoreFaults } from './testing/faulty-run-store'
export { createTestPorts, type LogEntry, type TestPorts, type TestPortsOptions } from './testing/test-ports'
export { testMessage } from './testing/test-message'
