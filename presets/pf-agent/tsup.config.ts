import { packageConfig } from '@pf-agents/tooling-tsup'

export default packageConfig()
