/**
 * One agent on both protocols: A2A 1.0 for agents, AG-UI 1.0 for people, on Node.
 *
 * @module
 */
export { dualAgent } from './dual-agent'
