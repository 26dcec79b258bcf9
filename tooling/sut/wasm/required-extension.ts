import { wasmApp } from './app'

export default wasmApp('required-extension')
