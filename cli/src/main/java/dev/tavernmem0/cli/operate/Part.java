package dev.tavernmem0.cli.operate;

import java.util.Locale;

/** A service that commands ask. */
public enum Part {
  WATCHER(8004, "chat-watcher"),
  WRITER(8003, "writer-service"),
  RETRIEVER(8002, "retriever-service"),
  /** Fills another mem0, while the one that serves has its own. */
  TARGET_WRITER(8013, "writer-service");

  private final int port;
  private final String application;

  Part(int port, String application) {
    this.port = port;
    this.application = application;
  }

  /** What it is called. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What the service calls itself. */
  public String application() {
    return application;
  }

  /** The setting that says where it is. */
  public String urlSetting() {
    return title() + "-url";
  }

  /** Where it is unless that is said. */
  String defaultUrl() {
    return "http://127.0.0.1:" + port;
  }
}
