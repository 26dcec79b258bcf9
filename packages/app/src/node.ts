/**
 * Serves an app on Node: its own HTTP server, or as a part of another one.
 *
 * @module
 */
export { toNodeListener } from './node/listener'
export { mount, type MountTarget } from './node/mount'
export { type RunningServer, serve, type ServeOptions } from './node/serve'
