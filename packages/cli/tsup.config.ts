import { packageConfig } from '@pf-agents/tooling-tsup'

const config = packageConfig()
/** Beside the entries: a process of its own, and what is bundled into components. Nothing imports them. */
export default {
  ...config,
  entry: {
    ...config.entry,
    'componentize-child': 'src/build/componentize-child.ts',
    'guest/key-value': 'src/guest/key-value.ts',
    'guest/module-scope': 'src/guest/module-scope.ts',
    'guest/variables': 'src/guest/variables.ts',
  },
}
