/**
 * The live side of a run over the store's event log: any number of subscribers at their own speeds, no event dropped,
 * doubled or out of order. Node only: a component's instance ends with its request.
 *
 * @module
 */
export { eventStream, type EventStreamOptions } from './event-stream'
export { createRunStreams, type RunStreamsOptions, type StreamsOverStore } from './run-streams'
