/**
 * The full interoperable agent: A2A 1.0 with streams on Node.
 *
 * @module
 */
export { a2aAgent } from './a2a-agent'
