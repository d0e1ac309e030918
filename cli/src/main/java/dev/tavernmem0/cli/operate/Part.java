package dev.tavernmem0.cli.operate;

import java.util.Locale;

/** A service that commands ask. */
public enum Part {
  WATCHER(8004, "chat-watcher"),
  WRITER(8003, "writer-service"),
  RETRIEVER(8002, "retriever-service");

  private final int port;
  private final String application;

  Part(int port, String application) {
    this.port = port;
    this.application = application;
  }

  /** What it is called. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
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
