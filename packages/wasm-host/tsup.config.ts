import { packageConfig } from '@pf-agents/tooling-tsup'

const config = packageConfig()
/** The threads are files of their own beside the index; nothing imports them. */
export default {
  ...config,
  entry: { ...config.entry, worker: 'src/worker/entry.ts', describe: 'src/discovery/entry.ts' },
}
