/**
 * Storage in the host's key-value store, for components: a task survives its request. WASM only.
 *
 * @module
 */
export { spinStorage, type SpinStorageOptions } from './spin-storage'
