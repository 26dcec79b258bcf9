/**
 * The full agent, on Node.
 *
 * @module
 */
export { pfAgent } from './pf-agent'
