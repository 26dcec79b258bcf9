import type { Requirement } from '../requirement'

/** Objects and how they are written (§4, §5.5 to §5.7). */
export const dataModelRequirements = {
  'DM-TASK-001': { level: 'must', section: '4.1.1', group: 'data', summary: 'A task has an id and a status.' },
  'DM-TASK-002': {
    level: 'must',
    section: '4.1.3',
    group: 'data',
    summary: 'A task state is one of those the specification names.',
  },
  'DM-MSG-001': { level: 'must', section: '4.1.4', group: 'data', summary: 'A message has an id, a role and parts.' },
  'DM-MSG-002': {
    level: 'must',
    section: '4.1.5',
    group: 'data',
    summary: 'A role is that of the user or that of the agent.',
  },
  'DM-PART-001': {
    level: 'must',
    section: '4.1.6',
    group: 'data',
    summary: 'A part has exactly one content: text, bytes, a link or data.',
  },
  'DM-ART-001': { level: 'must', section: '4.1.7', group: 'data', summary: 'An artifact has an id and parts.' },
  'DM-STATUS-001': { level: 'must', section: '4.1.2', group: 'data', summary: 'A task status has a state.' },
  'DM-SERIAL-001': { level: 'must', section: '5.5', group: 'data', summary: 'JSON goes out with names in camelCase.' },
  'DM-SERIAL-002': {
    level: 'must',
    section: '5.5',
    group: 'data',
    summary: 'Enum members go out by the names they have in the proto.',
  },
  'DM-SERIAL-003': {
    level: 'must',
    section: '5.6.1',
    group: 'data',
    summary: 'Times go out as ISO 8601 in UTC with a Z.',
  },
  'DM-SERIAL-004': {
    level: 'must',
    section: '5.7',
    group: 'data',
    summary: 'Required members are there and set, and required lists are not empty.',
  },
  'DM-SERIAL-005': { level: 'should', section: '5.7', group: 'data', summary: 'Members nobody knows are passed over.' },
} as const satisfies Record<string, Requirement>
