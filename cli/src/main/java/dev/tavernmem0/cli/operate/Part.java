package dev.tavernmem0.cli.operate;

import java.util.Locale;

/** A service that commands ask. */
enum Part {
  WATCHER(8004),
  WRITER(8003),
  RETRIEVER(8002);

  private final int port;

  Part(int port) {
    this.port = port;
  }

  /** What it is called. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The setting that says where it is. */
  String urlSetting() {
    return title() + "-url";
  }

  /** Where it is unless that is said. */
  String defaultUrl() {
    return "http://127.0.0.1:" + port;
  }
}
