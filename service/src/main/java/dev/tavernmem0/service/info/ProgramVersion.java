package dev.tavernmem0.service.info;

/**
 * The version of this program: all its parts have the same, from the manifest of this one's jar.
 */
public final class ProgramVersion {
  private ProgramVersion() {}

  /** Such as {@code 0.1.0}; {@code development} where it does not run from jars. */
  public static String current() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
