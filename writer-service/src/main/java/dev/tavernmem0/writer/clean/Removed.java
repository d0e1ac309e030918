package dev.tavernmem0.writer.clean;

/** Kinds of what is left out; the first of those found explains a message without anything else. */
enum Removed {
  REASONING("reasoning only"),
  IMAGE("image only"),
  OUT_OF_CHARACTER("out of character only"),
  MARKUP("markup only");

  private final String skipReason;

  Removed(String skipReason) {
    this.skipReason = skipReason;
  }

  String skipReason() {
    return skipReason;
  }
}
