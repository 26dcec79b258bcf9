import { afterEach, expect, it, vi } from 'vitest'
import { cacheDirectory, componentsDirectory } from './cache-directory'

afterEach(() => void vi.unstubAllEnvs())

it.each([
  [{ PF_CACHE: '/cache', XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/cache'],
  [{ PF_CACHE: undefined, XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/xdg/pf-agents'],
  [{ PF_CACHE: '', XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache/pf-agents'],
  [{ PF_CACHE: '', XDG_CACHE_HOME: '', HOME: '' }, undefined],
])('is what the variables say, of which an empty one says nothing: %j', (variables, directory) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  expect([cacheDirectory(), componentsDirectory()]).toEqual([directory, directory && `${directory}/components`])
})
