import type { Requirement } from '../requirement'

/** Agent cards (§8, §3.1.11, §4.4). */
export const cardRequirements = {
  'CARD-DISC-001': {
    level: 'must',
    section: '8.1',
    group: 'card',
    summary: 'An agent card is to be had that says who the agent is and what it can do.',
  },
  'CARD-PROTO-001': {
    level: 'must',
    section: '8.3',
    group: 'card',
    summary: 'The card says by which bindings the agent is reached.',
  },
  'CARD-PROTO-002': {
    level: 'must',
    section: '8.3.1',
    group: 'card',
    summary: 'Every interface of the card names its binding and its address rightly.',
  },
  'CARD-STRUCT-001': {
    level: 'must',
    section: '4.4.1',
    group: 'card',
    summary: 'The card has all its required members, and none that the schema does not know.',
  },
  'CARD-EXT-001': {
    level: 'must',
    section: '3.1.11',
    group: 'extended-card',
    summary: 'The extended card goes only to callers that authenticate by a scheme of the public card.',
  },
  'CARD-EXT-002': {
    level: 'must',
    section: '3.1.11',
    group: 'extended-card',
    summary: 'An extended card that is declared but not there is answered with ExtendedAgentCardNotConfiguredError.',
  },
  'CARD-SIGN-001': {
    level: 'must',
    section: '8.4.1',
    group: 'card',
    summary: 'What is signed is the card in its canonical form (RFC 8785).',
    unexercised: true,
  },
  'CARD-SIGN-002': {
    level: 'must',
    section: '8.4.1',
    group: 'card',
    summary: 'Signatures are not part of what is signed.',
    unexercised: true,
  },
  'CARD-SIGN-003': {
    level: 'must',
    section: '8.4.2',
    group: 'card',
    summary: 'The protected header of a signature names algorithm and key.',
    unexercised: true,
  },
  'CARD-SIGN-004': {
    level: 'must',
    section: '8.4.3',
    group: 'card',
    summary: 'Keys that are expired or revoked verify nothing.',
    unexercised: true,
  },
  'CARD-CACHE-001': {
    level: 'should',
    section: '8.6.1',
    group: 'card',
    summary: 'The card comes with Cache-Control and a max-age.',
  },
  'CARD-CACHE-002': {
    level: 'should',
    section: '8.6.1',
    group: 'card',
    summary: 'The card comes with an ETag made of its version or content.',
  },
  'CARD-CACHE-003': { level: 'may', section: '8.6.1', group: 'card', summary: 'The card may come with Last-Modified.' },
} as const satisfies Record<string, Requirement>
