/**
 * Starts an app on either target in a test: on Node over its real HTTP server, or built into a component and served by
 * the embedded host; and any fetch handler, such as a fake provider. And recorded HTTP in files.
 *
 * @module
 */
export { type CassetteFile, cassetteFile, type CassetteFileOptions } from './node/cassette-file'
export { startComponent, type StartComponentOptions, type StartedComponent } from './node/start-component'
export { startHandler } from './node/start-handler'
export { startNode, type StartedApp } from './node/start-node'
