import type { Requirement } from '../requirement'

/** Event delivery and SubscribeToTask (§3.5.2, §3.1.6). */
export const streamingRequirements = {
  'STREAM-ORDER-001': {
    level: 'must',
    section: '3.5.2',
    group: 'stream',
    summary: 'Events arrive in the order in which they came about.',
  },
  'STREAM-ORDER-002': {
    level: 'must',
    section: '3.5.2',
    group: 'stream',
    summary: 'Every open stream of a task gets its events.',
  },
  'STREAM-ORDER-003': {
    level: 'must',
    section: '3.5.2',
    group: 'stream',
    summary: 'All streams of a task get the same events in the same order.',
  },
  'STREAM-ORDER-004': {
    level: 'must',
    section: '3.5.2',
    group: 'stream',
    summary: 'Closing one stream of a task changes nothing for the others.',
  },
  'STREAM-SUB-001': {
    level: 'must',
    section: '3.1.6',
    group: 'subscribe',
    summary: 'The first event of a subscription is the task as it stands.',
  },
  'STREAM-SUB-002': {
    level: 'must',
    section: '3.1.6',
    group: 'subscribe',
    summary: 'A subscription ends when the task is over.',
  },
  'STREAM-SUB-003': {
    level: 'must',
    section: '3.1.6',
    group: 'subscribe',
    summary: 'A subscription to a task that is over is refused with UnsupportedOperationError.',
  },
  'STREAM-SUB-004': {
    level: 'must',
    section: '3.1.6',
    group: 'subscribe',
    summary: 'A subscription to an id that names no task of the caller is refused with TaskNotFoundError.',
  },
} as const satisfies Record<string, Requirement>
