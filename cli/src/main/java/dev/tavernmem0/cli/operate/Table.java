package dev.tavernmem0.cli.operate;

import java.util.ArrayList;
import java.util.List;

/** Rows under a heading, as wide as they need; the last column is not filled up. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(List<String> heading) {
    rows.add(heading);
  }

  public Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  public List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size() - 1; column++) {
      String cell = row.get(column);
      line.append(cell).append(" ".repeat(width(column) - TextWidth.of(cell))).append(GAP);
    }
    return line.append(row.get(row.size() - 1)).toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> TextWidth.of(row.get(column))).max().orElse(0);
  }
}
