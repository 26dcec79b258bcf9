/**
 * A page to talk to an agent and look into its tasks, served by the app itself: only where `playground()` is among its
 * features. `pf dev` puts it there.
 *
 * @module
 */
export { playground, type PlaygroundOptions } from './playground'
