/** Types of the component model as far as hosts of the preview 2 interfaces need them: plain data, kept in the cache. */

export type Primitive =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string'

export type ValueType =
  | Primitive
  | { kind: 'list'; of: ValueType }
  | { kind: 'record'; fields: [name: string, type: ValueType][] }
  | { kind: 'tuple'; of: ValueType[] }
  | { kind: 'variant'; cases: [tag: string, type: ValueType | null][] }
  | { kind: 'enum'; tags: string[] }
  | { kind: 'flags'; names: string[] }
  | { kind: 'option'; of: ValueType }
  | { kind: 'result'; ok: ValueType | null; err: ValueType | null }
  | { kind: 'own'; resource: string }
  | { kind: 'borrow'; resource: string }

/** Parameters in order, and the one result; names of parameters don't matter to a host. */
export interface FunctionType {
  params: ValueType[]
  result: ValueType | null
}
