import type { Artifact } from '@pf-agents/agent-core'
import { readJsonObject } from '../json/free-form'
import { isFields, type Reader, readString, readStrings, requireList, requireString } from '../json/read'
import { invalid } from '../json/violations'
import { readPart } from './part'

/** Reads an Artifact (§4.1.7). It has the same shape inside and on the wire, so there is nothing to write it with. */
export const readArtifact: Reader<Artifact> = (value, out) => {
  if (!isFields(value)) return invalid(out, '', 'must be an object')
  const artifact: Artifact = {
    artifactId: requireString(value.artifactId ?? value.artifact_id, 'artifactId', out),
    parts: requireList(readPart, value.parts, 'parts', out),
  }
  const name = readString(value.name, 'name', out)
  const description = readString(value.description, 'description', out)
  const metadata = readJsonObject(value.metadata, 'metadata', out)
  const extensions = readStrings(value.extensions, 'extensions', out)
  if (name) artifact.name = name
  if (description) artifact.description = description
  if (metadata) artifact.metadata = metadata
  if (extensions) artifact.extensions = extensions
  return artifact
}
