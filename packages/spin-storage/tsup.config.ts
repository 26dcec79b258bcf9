import { packageConfig } from '@pf-agents/tooling-tsup'

// Provided by the build of a component, for the world it builds for.
export default packageConfig({ external: [/^node:/, /^wasi:/, /^pf:/, 'pf-host:keyvalue'] })
