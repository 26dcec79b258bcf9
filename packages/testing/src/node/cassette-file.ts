import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PfError } from '@pf-agents/agent-core'
import type { Cassette, Fetch } from '../http/cassette'
import { recordFetch, type RecordFetchOptions } from '../http/record-fetch'
import { replayFetch, type ReplayFetchOptions } from '../http/replay-fetch'

/** Options of {@link cassetteFile}. */
export interface CassetteFileOptions extends RecordFetchOptions, ReplayFetchOptions {
  /**
   * `replay` (default): the file must be there, and nothing goes out. `record`: asks the network and writes the file
   * anew. `auto`: replays the file where there is one, else records it; not for CI.
   */
  mode?: 'replay' | 'record' | 'auto'
}

/** A cassette in a file. */
export interface CassetteFile {
  fetch: Fetch
  mode: 'replay' | 'record'
  /** Recording: writes the file. Replaying: fails where an exchange was not asked for. */
  close(): Promise<void>
}

/**
 * Records HTTP into a JSON file, or plays it from there.
 *
 * @throws PfError PF_CONFIG_INVALID where there is no file to replay
 * @example
 * ```ts
 * const tape = await cassetteFile('fixtures/weather.json', { mode: process.env.RECORD ? 'record' : 'replay' })
 * const model = createGemini({ model: 'gemini-2.5-pro', apiKey, host: { fetch: tape.fetch } })
 * // …
 * await tape.close()
 * ```
 */
export async function cassetteFile(file: string, options: CassetteFileOptions = {}): Promise<CassetteFile> {
  const { mode = 'replay' } = options
  const exists = existsSync(file)
  if (mode === 'record' || (mode === 'auto' && !exists)) {
    const recorder = recordFetch(options)
    const close = async (): Promise<void> => {
      const text = `${JSON.stringify(await recorder.cassette(), null, 2)}\n`
      await mkdir(dirname(file), { recursive: true })
      // Whole or not at all: half a file would be taken for the recording.
      await writeFile(`${file}.part`, text)
      await rename(`${file}.part`, file)
    }
    return { fetch: recorder.fetch, mode: 'record', close }
  }
  if (!exists)
    throw new PfError(
      'PF_CONFIG_INVALID',
      `There is no recording at ${file}. Run once with { mode: 'record' } to make it.`,
    )
  const replay = replayFetch(JSON.parse(await readFile(file, 'utf8')) as Cassette, options)
  return { fetch: replay.fetch, mode: 'replay', close: async () => replay.assertOver() }
}
