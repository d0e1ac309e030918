package dev.tavernmem0.watcher.files;

/** How changes are noticed. */
public enum WatchMode {
  /** By the file system's events, with a rescan now and then as safety net. */
  AUTO,
  /** By rescans only, for mounts without events (Docker Desktop, NFS, SMB). */
  POLL
}
