package dev.tavernmem0.service.access;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The paths that are answered without a key, literally as they are requested: one that merely leads
 * to the same place is not among them.
 *
 * @param paths such as {@code /actuator/health}
 */
public record PublicPaths(Set<String> paths) {
  private static final Set<String> HEALTH =
      Set.of("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness");

  public PublicPaths {
    paths = Set.copyOf(paths);
  }

  /** Health only, whose details want the key too: container engines ask for it without one. */
  public static PublicPaths health() {
    return new PublicPaths(HEALTH);
  }

  /** These and others. */
  public PublicPaths and(String... others) {
    return new PublicPaths(
        Stream.concat(paths.stream(), Stream.of(others)).collect(Collectors.toSet()));
  }

  boolean contains(String path) {
    return paths.contains(path);
  }
}
