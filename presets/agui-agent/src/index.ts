/**
 * The agent for user interfaces: AG-UI 1.0 on Node.
 *
 * @module
 */
export { aguiAgent } from './agui-agent'
