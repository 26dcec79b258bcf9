import { spinStorage } from '@pf-agents/spin-storage'
import { createSuiteApp } from '../../../a2a-server/src/suite/app'

export default createSuiteApp('guarded', [spinStorage()])
