import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../scratch/scratch'
import { findChromium } from './find-chromium'

it('takes the first on PATH that can be run', () => {
  const folder = scratch({ chromium: '', 'google-chrome': '' })
  const PATH = `/nowhere:${folder}`
  expect(findChromium({ PATH: '/nowhere' })).toBeUndefined()
  expect(findChromium({ PATH })).toBeUndefined()
  chmodSync(join(folder, 'google-chrome'), 0o755)
  expect(findChromium({ PATH })).toBe(join(folder, 'google-chrome'))
  chmodSync(join(folder, 'chromium'), 0o755)
  expect(findChromium({ PATH })).toBe(join(folder, 'chromium'))
})

it('takes what PF_CHROMIUM names, and nothing else', () => {
  const folder = scratch({ 'my-browser': '' })
  const named = join(folder, 'my-browser')
  expect(() => findChromium({ PF_CHROMIUM: named })).toThrow(`PF_CHROMIUM is ${named}, which cannot be run.`)
  chmodSync(named, 0o755)
  expect(findChromium({ PATH: '/nowhere', PF_CHROMIUM: named })).toBe(named)
})
