package dev.tavernmem0.cli.operate;

/** What the commands tell the shell; 2 is picocli's, for wrong usage. */
public final class ExitCodes {
  public static final int OK = 0;

  /** A service said no, or something is not well. */
  public static final int NO = 1;

  /** A service is not reachable. */
  public static final int NOT_REACHABLE = 3;

  private ExitCodes() {}
}
