import type { Artifact } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { type Reader, readString, readStrings, requireString, someOf } from '../json/read'
import { shape } from '../json/shape'
import { readPart } from './part'

/** Reads an Artifact (§4.1.7). It has the same shape inside and on the wire, so there is nothing to write it with. */
export const readArtifact: Reader<Artifact> = /* @__PURE__ */ shape<Artifact>({
  artifactId: requireString,
  parts: /* @__PURE__ */ someOf(readPart),
  name: readString,
  description: readString,
  metadata: readJsonObject,
  extensions: readStrings,
})
