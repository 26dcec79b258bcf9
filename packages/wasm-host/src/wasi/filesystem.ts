/** A descriptor no guest ever gets: there are no preopened directories. Its methods exist because the bindings name them. */
class Descriptor {}
for (const method of [
  'getFlags',
  'getType',
  'appendViaStream',
  'writeViaStream',
  'readViaStream',
  'stat',
  'write',
  'read',
]) {
  Object.defineProperty(Descriptor.prototype, method, {
    value: () => {
      throw 'unsupported'
    },
  })
}

/** `wasi:filesystem`: none. The preview1 adapter inside each component imports it; nothing is preopened. */
export const filesystem = {
  'wasi:filesystem/types': {
    Descriptor,
    DirectoryEntryStream: class DirectoryEntryStream {},
    filesystemErrorCode: () => undefined,
  },
  'wasi:filesystem/preopens': { getDirectories: () => [] },
}
