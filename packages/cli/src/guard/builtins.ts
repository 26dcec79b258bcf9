import { builtinModules } from 'node:module'

/** Why a component has no such module, and what to use there instead. */
export interface Absence {
  reason: string
  alternative: string
}

const files: Absence = {
  reason: 'a component has no file system',
  alternative: 'import the data as a module so that it is bundled, or keep it in a key-value store',
}
const sockets: Absence = { reason: 'a component has no sockets', alternative: 'call over HTTP with fetch' }
const processes: Absence = {
  reason: 'a component can start no process and no thread',
  alternative: 'do the work in the handler, or call a service with fetch',
}

/** By name without `node:`; sub-modules fall to their parent. */
const absences: Readonly<Record<string, Absence>> = {
  fs: files,
  'fs/promises': files,
  net: sockets,
  tls: sockets,
  dgram: sockets,
  dns: sockets,
  http: { reason: 'a component has no Node HTTP', alternative: 'call with fetch; requests come in through the app' },
  https: { reason: 'a component has no Node HTTP', alternative: 'call with fetch' },
  http2: { reason: 'a component has no Node HTTP', alternative: 'call with fetch' },
  child_process: processes,
  cluster: processes,
  worker_threads: processes,
  crypto: {
    reason: 'a component has no OpenSSL',
    alternative: 'use the global crypto (randomUUID, getRandomValues, subtle)',
  },
  buffer: { reason: 'a component has no Buffer', alternative: 'use Uint8Array, TextEncoder and TextDecoder' },
  process: {
    reason: 'a component has no process',
    alternative: "read variables through the agent's needs and the run context",
  },
  os: { reason: 'a component sees no operating system', alternative: "read variables through the agent's needs" },
  path: { reason: 'a component has no file system', alternative: 'use URL, or plain strings' },
  stream: {
    reason: 'a component has no Node streams',
    alternative: 'use ReadableStream, WritableStream and TransformStream',
  },
  events: { reason: 'a component has no Node events', alternative: 'use EventTarget, or a list of callbacks' },
  url: { reason: 'a component has no Node modules', alternative: 'use the global URL' },
  util: {
    reason: 'a component has no Node modules',
    alternative: 'use the global TextEncoder and TextDecoder, or plain JavaScript',
  },
  timers: { reason: 'a component has no Node modules', alternative: 'use the global setTimeout' },
  async_hooks: { reason: 'a component has no asynchronous context', alternative: 'pass the run context on explicitly' },
  sqlite: { reason: 'a component has no file system', alternative: 'use spinStorage() from @pf-agents/spin-storage' },
  zlib: { reason: 'a component has no Node modules', alternative: 'use CompressionStream and DecompressionStream' },
  perf_hooks: { reason: 'a component has no Node modules', alternative: 'use the global performance.now()' },
}

const anyBuiltin: Absence = {
  reason: 'a component has no Node modules',
  alternative: 'use web APIs, or leave the package out',
}

const names = new Set(builtinModules.map((name) => name.replace(/^node:/, '')))

/** The builtin that an import names (without `node:`), or undefined. */
export function builtinName(specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return specifier.slice(5)
  return names.has(specifier) ? specifier : undefined
}

/** Why a component does not have a builtin. */
export function builtinAbsence(name: string): Absence {
  return absences[name] ?? absences[name.split('/')[0] as string] ?? anyBuiltin
}
