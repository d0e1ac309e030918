package dev.tavernmem0.bench;

import java.nio.file.Path;

/** The JDK that runs this. */
final class Jdk {
  private Jdk() {}

  /** The path of one of its programs. */
  static String program(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
