/** A component uses something of the component model that this host doesn't run. */
export class Unsupported extends Error {
  override name = 'Unsupported'
}
