package dev.tavernmem0.cli;

/** The program {@code tavern-mem0}. */
public final class TavernMem0 {
  private TavernMem0() {}

  public static void main(String[] args) {
    System.exit(2);
  }
}
