import { wasmApp } from './app'

export default wasmApp('full')
