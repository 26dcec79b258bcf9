import { kept } from './kept'
import { noOptions, type RunOptions } from './run-options'

/** What runs of this tab are given. The Authorization header is forgotten with the tab. */
export const options = kept<RunOptions>('options', noOptions, 'session')
