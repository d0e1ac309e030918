package dev.tavernmem0.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = TavernMem0.class.getPackage().getImplementationVersion();
    return new String[] {
      "tavern-mem0 " + (version == null ? "(development build)" : version),
      "Java ${java.version} (${java.vendor}), ${os.name} ${os.arch}"
    };
  }
}
