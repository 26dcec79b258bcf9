// House rules as an oxlint plugin: what neutral code may not do, and no code, with the reason and the way out in the message.
import noBuiltin from './no-builtin.mjs'
import noGap from './no-gap.mjs'
import noModuleScopeEffect from './no-module-scope-effect.mjs'
import noSlowRegex from './no-slow-regex.mjs'

export default {
  meta: { name: 'pf' },
  rules: {
    'no-builtin': noBuiltin,
    'no-gap': noGap,
    'no-module-scope-effect': noModuleScopeEffect,
    'no-slow-regex': noSlowRegex,
  },
}
