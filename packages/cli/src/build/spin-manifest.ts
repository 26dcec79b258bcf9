import { basename } from 'node:path'
import type { ResolvedNeeds } from '@pf-agents/agent-core'
import { canonicalName } from '../guest/variables'

/** First line of a manifest that a later build may write again. */
export const manifestMarker = '# Written by pf build, and written again by the next one while this line stands here.'

/** What a manifest is made of. */
export interface SpinManifestParts {
  name: string
  version: string
  description: string
  needs: ResolvedNeeds
  /** The component's file, beside the manifest. */
  component: string
}

/** The application manifest of Spin for one agent: what it declared that it needs is what it is granted. */
export function spinManifest({ name, version, description, needs, component }: SpinManifestParts): string {
  const id = componentId(name)
  const variables = [
    ...Object.entries(needs.variables).map(([variable, { default: value, optional }]) => ({
      variable: canonicalName(variable),
      secret: false,
      // Spin knows no variable without a value: what need not be set is empty.
      value: value ?? (optional ? '' : undefined),
    })),
    ...needs.secrets.map((variable) => ({
      variable: canonicalName(variable),
      secret: true,
      value: needs.optionalSecrets?.includes(variable) ? '' : undefined,
    })),
  ]
  const sections = [
    section(undefined, ['spin_manifest_version = 2']),
    section('application', [
      `name = ${quoted(id)}`,
      `version = ${quoted(version)}`,
      `description = ${quoted(description)}`,
    ]),
    variables.length > 0 &&
      section(
        'variables',
        variables.map(({ variable, secret, value }) => {
          const table = [
            value === undefined ? 'required = true' : `default = ${quoted(value)}`,
            ...(secret ? ['secret = true'] : []),
          ]
          return `${variable} = { ${table.join(', ')} }`
        }),
      ),
    section('[trigger.http]', ['route = "/..."', `component = ${quoted(id)}`]),
    section(`component.${id}`, [
      `source = ${quoted(basename(component))}`,
      `allowed_outbound_hosts = ${list(needs.outbound)}`,
      `key_value_stores = ${list(needs.keyValue)}`,
    ]),
    variables.length > 0 &&
      section(
        `component.${id}.variables`,
        variables.map(({ variable }) => `${variable} = "{{ ${variable} }}"`),
      ),
  ]
  return `${manifestMarker}\n${sections.filter((text) => text !== false).join('\n')}`
}

/** A name as Spin takes one: lower-case words of letters and digits, joined by hyphens, beginning with a letter. */
export function componentId(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const id = words.join('-')
  return /^[a-z]/.test(id) ? id : `agent${id === '' ? '' : `-${id}`}`
}

const section = (title: string | undefined, lines: readonly string[]): string =>
  [...(title === undefined ? [] : [`[${title}]`]), ...lines, ''].join('\n')

/** TOML's basic strings are JSON's, but for DEL. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')

const list = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`
