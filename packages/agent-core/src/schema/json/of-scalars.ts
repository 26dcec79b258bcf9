import { wrongIf } from './check'
import { hasFormat, isPattern } from './formats'
import { count, isText, type Keywords, number } from './keyword'
import { isMultiple } from './multiple-of'
import { isLonger, isShorter, lengthOf, stepThrough } from './text-length'

/** What is said of numbers. */
export const ofNumbers: Keywords = {
  minimum: [
    number,
    (least: number) => (value: number) => wrongIf(value < least, () => `${value} is less than ${least}.`),
  ],
  maximum: [
    number,
    (most: number) => (value: number) => wrongIf(value > most, () => `${value} is greater than ${most}.`),
  ],
  exclusiveMinimum: [
    number,
    (bound: number) => (value: number) => wrongIf(value <= bound, () => `${value} is less than or equal to ${bound}.`),
  ],
  exclusiveMaximum: [
    number,
    (bound: number) => (value: number) =>
      wrongIf(value >= bound, () => `${value} is greater than or equal to ${bound}.`),
  ],
  multipleOf: [
    [(given) => typeof given === 'number' && given > 0, 'a number above 0'],
    (of: number) => (value: number) => wrongIf(!isMultiple(value, of), () => `${value} is not a multiple of ${of}.`),
  ],
}

/** What is said of texts. */
export const ofTexts: Keywords = {
  minLength: [
    count,
    (least: number) => (value: string, run) =>
      wrongIf(isShorter(value, least, run), () => `String is too short (${lengthOf(value, run)} < ${least}).`),
  ],
  maxLength: [
    count,
    (most: number) => (value: string, run) =>
      wrongIf(isLonger(value, most, run), () => `String is too long (${lengthOf(value, run)} > ${most}).`),
  ],
  pattern: [
    [(given) => isText(given) && isPattern(given), 'a regular expression'],
    (given: string, { schema: { maxLength = Infinity } }) => {
      const pattern = new RegExp(given, 'u')
      return (value: string, run) => {
        // Whoever sets a greatest length is safe from patterns that take long, and told of the length alone.
        if (isLonger(value, maxLength as number, run)) return undefined
        stepThrough(value, run)
        return wrongIf(!pattern.test(value), () => 'String does not match pattern.')
      }
    },
  ],
  format: [
    [isText, 'a name'],
    (name: string) => (value: string, run) => {
      stepThrough(value, run)
      return wrongIf(!hasFormat(value, name), () => `String does not match format "${name}".`)
    },
  ],
}
