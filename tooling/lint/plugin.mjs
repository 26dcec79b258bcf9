// House rules as an oxlint plugin: what neutral code may not do, with the reason and the way out in the message.
import noBuiltin from './no-builtin.mjs'
import noGap from './no-gap.mjs'
import noModuleScopeEffect from './no-module-scope-effect.mjs'

export default {
  meta: { name: 'pf' },
  rules: {
    'no-builtin': noBuiltin,
    'no-gap': noGap,
    'no-module-scope-effect': noModuleScopeEffect,
  },
}
