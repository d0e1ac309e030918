package dev.tavernmem0.watcher.state;

/** The state was written by a version that lays it out in a way that this one does not know. */
public final class UnknownLayoutException extends RuntimeException {
  UnknownLayoutException(Object found, int known) {
    super(
        "the watcher's state has layout "
            + found
            + " and this version reads up to "
            + known
            + ": run the version that wrote it, or a newer one");
  }
}
