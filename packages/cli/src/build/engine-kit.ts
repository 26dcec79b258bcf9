import { createHash } from 'node:crypto'

/**
 * What componentize-js makes of its engine for a world, apart from any code: the engine with the world's bindings, and a
 * finished component without the memory of its code. The snapshot of evaluated code differs in memory and globals only, so
 * a component is the finished one with those of the snapshot.
 */
export interface EngineKit {
  /** The engine with the bindings of the world spliced in. */
  engine: Uint8Array
  /** What the splicer told of the bindings, JSON. */
  bindings: string
  /** Digest of what every snapshot of this engine has in common. */
  common: string
  /** The finished component up to its core module. */
  before: Uint8Array
  /** The finished core module, the sections of a snapshot left empty. */
  core: Uint8Array
  /** The finished component behind its core module. */
  after: Uint8Array
}

/** Files of one whole run of componentize-js. */
export interface WholeRun {
  engine: Uint8Array
  bindings: string
  /** The engine with the code evaluated in it, as the next steps get it. */
  snapshot: Uint8Array
  component: Uint8Array
}

interface Section {
  id: number
  body: Uint8Array
}

/** Memory, globals, count of data segments, data segments: what evaluated code leaves behind. */
const ofSnapshot: ReadonlySet<number> = new Set([5, 6, 12, 11])
const coreModule = 1
const preamble = 8

/**
 * The kit of a world from one whole run.
 *
 * @returns undefined where the last steps change more than they are known to: such an engine has no kit.
 */
export function kitOf({ engine, bindings, snapshot, component }: WholeRun): EngineKit | undefined {
  const evaluated = snapshotSections(snapshot)
  const sections = readSections(component)
  const at = sections.findIndex(({ id, body }) => {
    if (id !== coreModule) return false
    const finished = snapshotSections(body)
    return finished.length === evaluated.length && finished.every((section, index) => same(section, evaluated[index]))
  })
  const main = sections[at]
  if (evaluated.length === 0 || main === undefined) return undefined
  const emptied = readSections(main.body).map((section) =>
    ofSnapshot.has(section.id) ? { id: section.id, body: new Uint8Array() } : section,
  )
  return {
    engine,
    bindings,
    common: commonDigest(snapshot),
    before: joined(component.subarray(0, preamble), sections.slice(0, at)),
    core: joined(main.body.subarray(0, preamble), emptied),
    after: joined(new Uint8Array(), sections.slice(at + 1)),
  }
}

/**
 * The component of a snapshot.
 *
 * @returns undefined where the snapshot differs from that of the kit in more than memory and globals.
 */
export function componentOf(kit: EngineKit, snapshot: Uint8Array): Uint8Array | undefined {
  if (commonDigest(snapshot) !== kit.common) return undefined
  const evaluated = snapshotSections(snapshot)
  const finished = readSections(kit.core).map((section) => (ofSnapshot.has(section.id) ? evaluated.shift() : section))
  if (evaluated.length > 0 || finished.some((section) => section === undefined)) return undefined
  const core = joined(kit.core.subarray(0, preamble), finished as Section[])
  return Buffer.concat([kit.before, head(coreModule, core.byteLength), core, kit.after])
}

/** How the file of a kit begins, before the digest of the rest. */
const magic = Buffer.from('pf-kit 2')
const digestSize = 32
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** A kit as one file, or that a world has none. */
export function packKit(kit: EngineKit | undefined): Uint8Array {
  const { bindings, common, ...blobs } = kit ?? {}
  const sizes = Object.entries(blobs).map(([name, { byteLength }]) => [name, byteLength])
  const about = Buffer.from(JSON.stringify({ none: kit === undefined, bindings, common, sizes }))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(about.byteLength)
  const body = Buffer.concat([size, about, ...Object.values(blobs)])
  return Buffer.concat([magic, sha256(body), body])
}

/**
 * The kit of a file that {@link packKit} made.
 *
 * @returns `none` where the file says that there is no kit; undefined where it is not as it was written.
 */
export function unpackKit(file: Uint8Array): EngineKit | 'none' | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const start = magic.byteLength + digestSize
  const body = bytes.subarray(start)
  if (!bytes.subarray(0, start).equals(Buffer.concat([magic, sha256(body)]))) return undefined
  let at = 4 + body.readUInt32LE()
  const { none, sizes, ...about } = JSON.parse(body.toString('utf8', 4, at)) as Omit<EngineKit, 'engine'> & {
    none: boolean
    sizes: [string, number][]
  }
  if (none) return 'none'
  const blobs = sizes.map(([name, size]) => [name, body.subarray(at, (at += size))])
  return { ...about, ...Object.fromEntries(blobs) } as EngineKit
}

/** SHA-256 of all sections that evaluated code leaves as they are, and of which there are. */
function commonDigest(module: Uint8Array): string {
  const hash = createHash('sha256')
  for (const { id, body } of readSections(module)) {
    hash.update(`${id}:`)
    if (!ofSnapshot.has(id)) hash.update(`${body.byteLength}:`).update(body)
  }
  return hash.digest('hex')
}

const snapshotSections = (module: Uint8Array): Section[] => readSections(module).filter(({ id }) => ofSnapshot.has(id))

const same = (one: Section, other: Section | undefined): boolean =>
  one.id === other?.id && Buffer.compare(one.body, other.body) === 0

/** The sections of a module or component. */
function readSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = []
  for (let at = preamble; at < bytes.byteLength;) {
    const id = bytes[at++] as number
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 28) throw new Error('A WebAssembly file with a broken section.')
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    sections.push({ id, body: bytes.subarray(at, (at += size)) })
  }
  return sections
}

/** What stands before the body of a section. */
function head(id: number, size: number): Uint8Array {
  const bytes = [id]
  for (let rest = size; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest])
    bytes.push((rest % 128) | 0x80)
  }
}

const joined = (start: Uint8Array, sections: readonly Section[]): Uint8Array =>
  Buffer.concat([start, ...sections.flatMap(({ id, body }) => [head(id, body.byteLength), body])])
