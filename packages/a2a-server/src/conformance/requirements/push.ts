import type { Requirement } from '../requirement'

/** Push notification configs and their delivery (§3.1.7 to §3.1.10, §4.3.3). */
export const pushRequirements = {
  'PUSH-CREATE-001': {
    level: 'must',
    section: '3.1.7',
    group: 'push',
    summary: 'A created config makes its address a webhook of the task.',
  },
  'PUSH-CREATE-002': {
    level: 'must',
    section: '3.1.7',
    group: 'push',
    summary: 'A config stays until it is deleted or its task is over.',
  },
  'PUSH-GET-001': {
    level: 'must',
    section: '3.1.8',
    group: 'push',
    summary: 'A config can be read back with its address and settings.',
  },
  'PUSH-GET-002': {
    level: 'must',
    section: '3.1.8',
    group: 'push',
    summary: "Reading a config that is not there or not the caller's fails.",
  },
  'PUSH-LIST-001': {
    level: 'must',
    section: '3.1.9',
    group: 'push',
    summary: 'The list of a task holds all its configs.',
  },
  'PUSH-DEL-001': {
    level: 'must',
    section: '3.1.10',
    group: 'push',
    summary: 'A deleted config is gone for good.',
  },
  'PUSH-DEL-002': {
    level: 'must',
    section: '3.1.10',
    group: 'push',
    summary: 'Deleting a config again does no harm and succeeds.',
  },
  'PUSH-DELIVER-001': {
    level: 'must',
    section: '4.3.3',
    group: 'push',
    summary: 'A delivery carries the credentials that its config asks for.',
  },
  'PUSH-DELIVER-002': {
    level: 'must',
    section: '4.3.3',
    group: 'push',
    summary: 'Each webhook is called at least once for an event.',
  },
  'PUSH-DELIVER-003': {
    level: 'must',
    section: '4.3.3',
    group: 'push',
    summary: 'The body of a delivery is one StreamResponse.',
  },
} as const satisfies Record<string, Requirement>
