/** Whether a number is a whole multiple of another, as they are written: 0.3 is one of 0.1, and 1e308 of 0.5. */
export function isMultiple(value: number, of: number): boolean {
  if (!Number.isFinite(value)) return false
  const [digits, exponent] = decimal(value)
  const [ofDigits, ofExponent] = decimal(of)
  const least = Math.min(exponent, ofExponent)
  return (digits * 10n ** BigInt(exponent - least)) % (ofDigits * 10n ** BigInt(ofExponent - least)) === 0n
}

/** The digits of a number, and the power of ten they stand before. */
function decimal(value: number): [bigint, number] {
  const [digits = '', exponent] = value.toExponential().split('e')
  const [whole, fraction = ''] = digits.split('.')
  return [BigInt(`${whole}${fraction}`), Number(exponent) - fraction.length]
}
