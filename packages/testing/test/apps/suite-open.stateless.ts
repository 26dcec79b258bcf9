import { createSuiteApp } from '../../../a2a-server/src/suite/app'

export default createSuiteApp('open')
