import { neutralExamples, neutralFolders } from './tsconfigs.mjs'

const rules = {
  'pf/no-builtin': 'error',
  'pf/no-gap': 'error',
  'pf/no-module-scope-effect': 'error',
  'no-restricted-imports': [
    'error',
    {
      paths: [
        {
          name: 'zod',
          message:
            'Every byte is felt 15 times over in a component: no schema library in neutral code. Take a Standard Schema.',
        },
      ],
    },
  ],
}

/** The files of a glob's folder, where the glob is a folder. */
const deep = (glob) => (/\*|\.ts$/.test(glob) ? glob : `${glob}/**`)

/** The lint configuration with the rules for neutral code set on exactly the files that run in a component. */
export function withNeutralOverride(config, packages) {
  const neutral = neutralFolders(packages)
  const override = {
    files: [...neutral.map(({ folder }) => `${folder}/**/*.ts`), ...neutralExamples],
    excludeFiles: [
      ...neutral.flatMap(({ folder, without }) => without.map((glob) => `${folder}/${deep(glob)}`)),
      'examples/**/*.test.ts',
      'examples/**/*.node.ts',
    ],
    rules,
  }
  const others = config.overrides.filter((entry) => !('pf/no-builtin' in (entry.rules ?? {})))
  return { ...config, overrides: [...others, override] }
}
