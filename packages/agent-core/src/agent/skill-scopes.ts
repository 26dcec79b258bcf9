import { PfError } from '../error/pf-error'
import type { Principal } from '../port/scope'
import type { Skill } from './skill'

/** The scopes of a skill that a principal lacks; empty where it may use the skill. */
export function missingScopes(skill: Skill, principal: Principal): string[] {
  return skill.scopes?.filter((scope) => !principal.scopes?.includes(scope)) ?? []
}

/**
 * Checks that a principal may use a skill: it must have every scope that the skill names. A skill without scopes is
 * everybody's.
 *
 * @throws PfError PF_FORBIDDEN where the principal lacks a scope of the skill; `details` name the skill and the scopes
 */
export function checkSkillScopes(skill: Skill, principal: Principal): void {
  const missing = missingScopes(skill, principal)
  if (missing.length === 0) return
  throw new PfError(
    'PF_FORBIDDEN',
    `The skill "${skill.id}" needs a scope that the caller lacks: ${missing.join(', ')}.`,
    {
      details: { skill: skill.id, scopes: missing.join(' ') },
    },
  )
}
