package dev.tavernmem0.cli.operate;

import java.io.InputStream;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param variables of the environment
 * @param input where a person answers
 */
public record Surroundings(Map<String, String> variables, InputStream input) {
  public Surroundings {
    variables = Map.copyOf(variables);
  }

  /** Those of this process. */
  public static Surroundings ofProcess() {
    return new Surroundings(System.getenv(), System.in);
  }

  /** What is said in these. */
  public Messages messages() {
    return Messages.of(variables);
  }
}
