/**
 * Starts an app on either target in a test: on Node over its real HTTP server, or built into a component and served by
 * the embedded host. And recorded HTTP in files.
 *
 * @module
 */
export { type CassetteFile, cassetteFile, type CassetteFileOptions } from './node/cassette-file'
export { startComponent, type StartComponentOptions, type StartedComponent } from './node/start-component'
export { startNode, type StartedApp } from './node/start-node'
