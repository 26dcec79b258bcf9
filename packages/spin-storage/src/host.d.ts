/** Given by the component build, over the draft of wasi:keyvalue that the world has. */
declare module 'pf-host:keyvalue' {
  import type { HostBucket } from './host-bucket'
  export function openBucket(name: string): HostBucket
}
