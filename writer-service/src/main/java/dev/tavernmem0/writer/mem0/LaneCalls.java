package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.writer.scope.Lane;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** mem0 as a task of a lane calls it. Thread-safe. */
final class LaneCalls {
  private final Mem0Calls calls;
  private final Mem0Client mem0;
  private final Lane lane;
  private volatile boolean hadATurn;

  LaneCalls(Mem0Calls calls, Mem0Client mem0, Lane lane) {
    this.calls = calls;
    this.mem0 = mem0;
    this.lane = lane;
  }

  /**
   * Adds.
   *
   * @param last what is to be done when it is this call's turn; if it fails, nothing is added
   */
  List<AddedMemory> add(AddRequest request, Runnable last) {
    return inTurn("add", last, () -> mem0.add(request));
  }

  List<Memory> search(SearchRequest request) {
    return inTurn("search", LaneCalls::nothing, () -> mem0.search(request));
  }

  List<Memory> list(Scope scope, int topK) {
    return inTurn("list", LaneCalls::nothing, () -> mem0.list(scope, topK));
  }

  boolean delete(String id) {
    return inTurn("delete", LaneCalls::nothing, () -> mem0.delete(id));
  }

  /** As {@link #delete}, of what a user has forgotten; counted by itself. */
  boolean forget(String id) {
    return inTurn("forget", LaneCalls::nothing, () -> mem0.delete(id));
  }

  /** Those of the memories that exist, by their ids; they are looked up side by side. */
  Map<String, Memory> get(List<String> ids) {
    return calls.lookUp(ids);
  }

  private static void nothing() {}

  private <T> T inTurn(String operation, Runnable last, Supplier<T> call) {
    return calls.inTurn(
        lane,
        operation,
        () -> {
          hadATurn = true;
          last.run();
        },
        call);
  }

  /** Whether any call of the task came to its turn. */
  boolean hadATurn() {
    return hadATurn;
  }
}
