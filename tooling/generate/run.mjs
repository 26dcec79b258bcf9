// `pnpm generate`: rewrites everything that follows from `pf.targets` and from the table of error codes;
// with --check it only reports what is out of date.
import { join } from 'node:path'
import { generate } from './generate.mjs'

const check = process.argv.includes('--check')
const stale = await generate(join(import.meta.dirname, '../..'), { check })

if (stale.length > 0) {
  console.log(`${check ? 'Out of date' : 'Written'}: ${stale.join(', ')}`)
}
if (check && stale.length > 0) {
  console.log('Run `pnpm generate` and commit the result.')
  process.exit(1)
}
