/**
 * Serves an app as a WebAssembly component: the prelude that puts the guest's Web APIs right, the incoming handler, and
 * what the component exports. The entry that `pf build` makes uses it; import it before anything that makes an app.
 *
 * @module
 */
export { type ComponentExports, componentExports, type ComponentInfo } from './wasm/component-exports'
