/**
 * The interfaces a component may import and export, as text: componentize-js reads no WIT files under the current
 * preview2 shim. Each draft is written out as its host has it, because drafts are matched exactly.
 */

/** The discovery interface of this project. */
export const discoveryWit = `package pf:agent@1.0.0 {
  /// What a platform asks a component before it serves it. Uses no import and needs no capability.
  interface discovery {
    /// The agent's definition: JSON by agent-definition.v1.json, or why there is none.
    configure-agent: func() -> result<string, string>;
  }
}
`

// The engine brings the rest of wasi:http along; a world has to name only what it exports.
const httpWit = `package wasi:http@0.2.10 {
  interface types { resource incoming-request; resource response-outparam; }
  interface incoming-handler {
    use types.{incoming-request, response-outparam};
    handle: func(request: incoming-request, response-out: response-outparam);
  }
}
`

const keyValueStore = (cursor: string) => `  interface store {
    variant error { no-such-store, access-denied, other(string) }
    record key-response { keys: list<string>, cursor: option<${cursor}> }
    open: func(identifier: string) -> result<bucket, error>;
    resource bucket {
      get: func(key: string) -> result<option<list<u8>>, error>;
      set: func(key: string, value: list<u8>) -> result<_, error>;
      delete: func(key: string) -> result<_, error>;
      exists: func(key: string) -> result<bool, error>;
      list-keys: func(cursor: option<${cursor}>) -> result<key-response, error>;
    }
  }
`

const keyValueBatch = (got: string) => `  interface batch {
    use store.{bucket, error};
    get-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<list<${got}>, error>;
    set-many: func(bucket: borrow<bucket>, key-values: list<tuple<string, list<u8>>>) -> result<_, error>;
    delete-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<_, error>;
  }
`

/** Spin's draft of wasi:keyvalue. */
const keyValueDraft2Wit = `package wasi:keyvalue@0.2.0-draft2 {
${keyValueStore('string')}  interface atomics {
    use store.{bucket, error};
    variant cas-error { store-error(error), cas-failed(cas) }
    resource cas {
      new: static func(bucket: borrow<bucket>, key: string) -> result<cas, error>;
      current: func() -> result<option<list<u8>>, error>;
    }
    increment: func(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error>;
    swap: func(cas: cas, value: list<u8>) -> result<_, cas-error>;
  }
${keyValueBatch('tuple<string, option<list<u8>>>')}}
`

/** The draft of wasi:keyvalue that wasmtime has: no compare-and-set. */
const keyValueDraftWit = `package wasi:keyvalue@0.2.0-draft {
${keyValueStore('u64')}  interface atomics {
    use store.{bucket, error};
    increment: func(bucket: borrow<bucket>, key: string, delta: u64) -> result<u64, error>;
  }
${keyValueBatch('option<tuple<string, list<u8>>>')}}
`

const configWit = (version: string) => `package wasi:config@${version} {
  interface store {
    variant error { upstream(string), io(string) }
    get: func(key: string) -> result<option<string>, error>;
    get-all: func() -> result<list<tuple<string, string>>, error>;
  }
}
`

/** The packages beside wasi:http, by name and version. */
const packageWit: Readonly<Record<string, string>> = {
  'wasi:keyvalue@0.2.0-draft2': keyValueDraft2Wit,
  'wasi:keyvalue@0.2.0-draft': keyValueDraftWit,
  'wasi:config@0.2.0-draft-2024-09-27': configWit('0.2.0-draft-2024-09-27'),
  'wasi:config@0.2.0-rc.1': configWit('0.2.0-rc.1'),
}

/**
 * The text of a world that imports just these interfaces, such as `wasi:config/store@0.2.0-rc.1`: a component shows
 * no capability it does not use.
 */
export function worldWit(imports: readonly string[]): string {
  const names = imports.toSorted()
  const packages = new Set<string>()
  for (const name of names) {
    const [, namespace, version] = /^([^/]+)\/[^@]+@(.+)$/.exec(name) ?? []
    const wit = packageWit[`${namespace}@${version}`]
    if (wit === undefined) throw new Error(`No WIT text for ${name}.`)
    packages.add(wit)
  }
  const lines = names.map((name) => `  import ${name};\n`)
  return `package pf:build;
world agent {
${lines.join('')}  export wasi:http/incoming-handler@0.2.10;
  export pf:agent/discovery@1.0.0;
}
${[discoveryWit, httpWit, ...packages].join('')}`
}
