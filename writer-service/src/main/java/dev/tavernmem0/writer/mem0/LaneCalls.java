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

/** mem0 as the tasks of a lane call it. Thread-safe. */
final class LaneCalls {
  private final Mem0Calls calls;
  private final Mem0Client mem0;
  private final Lane lane;

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
    return calls.inTurn(lane, "add", last, () -> mem0.add(request));
  }

  List<Memory> search(SearchRequest request) {
    return calls.inTurn(lane, "search", () -> mem0.search(request));
  }

  List<Memory> list(Scope scope, int topK) {
    return calls.inTurn(lane, "list", () -> mem0.list(scope, topK));
  }

  boolean delete(String id) {
    return calls.inTurn(lane, "delete", () -> mem0.delete(id));
  }

  /** As {@link #delete}, of what a user has forgotten; counted by itself. */
  boolean forget(String id) {
    return calls.inTurn(lane, "forget", () -> mem0.delete(id));
  }

  /** Those of the memories that exist, by their ids; they are looked up side by side. */
  Map<String, Memory> get(List<String> ids) {
    return calls.lookUp(ids);
  }
}
