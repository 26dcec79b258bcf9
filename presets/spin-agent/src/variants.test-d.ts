import { expectTypeOf, it } from 'vitest'

it('has the same declarations in both variants: one file of them is published', () => {
  expectTypeOf<typeof import('./index.keyvalue')>().toEqualTypeOf<typeof import('./index')>()
})
