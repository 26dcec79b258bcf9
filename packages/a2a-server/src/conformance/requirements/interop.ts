import type { Requirement } from '../requirement'

/** Versions (§3.6) and that all bindings do the same (§5). */
export const interopRequirements = {
  'VER-CLIENT-001': {
    level: 'must',
    section: '3.6.1',
    group: 'version',
    summary: 'A client sends A2A-Version with every request.',
    unexercised: true,
  },
  'VER-SERVER-001': {
    level: 'must',
    section: '3.6.2',
    group: 'version',
    summary: 'A request is understood by the rules of the version it names.',
    unexercised: true,
  },
  'VER-SERVER-002': {
    level: 'must',
    section: '3.6.2',
    group: 'version',
    summary: 'A version the interface does not speak is refused with VersionNotSupportedError.',
  },
  'VER-SERVER-003': { level: 'must', section: '3.6.2', group: 'version', summary: 'An empty version means 0.3.' },
  'VER-CLIENT-002': {
    level: 'must',
    section: '3.6',
    group: 'version',
    summary: 'Patch numbers play no part in the choice of a version.',
    unexercised: true,
  },
  'BIND-EQUIV-001': {
    level: 'must',
    section: '5.1',
    group: 'equivalence',
    summary: 'All bindings offer the same operations.',
    unexercised: true,
  },
  'BIND-EQUIV-002': {
    level: 'must',
    section: '5.1',
    group: 'equivalence',
    summary: 'All bindings answer the same request alike.',
    unexercised: true,
  },
  'BIND-EQUIV-003': {
    level: 'must',
    section: '5.1',
    group: 'equivalence',
    summary: 'All bindings tell the same error, each in its own codes.',
    unexercised: true,
  },
  'BIND-EQUIV-004': {
    level: 'must',
    section: '5.1',
    group: 'equivalence',
    summary: 'All bindings take the schemes that the card declares.',
    unexercised: true,
  },
  'BIND-FIELD-001': {
    level: 'must',
    section: '5.2',
    group: 'equivalence',
    summary: 'The card lists every binding the agent serves.',
  },
} as const satisfies Record<string, Requirement>
