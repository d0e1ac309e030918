package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.NotReachableException;
import dev.tavernmem0.cli.operate.OperateException;
import dev.tavernmem0.cli.operate.RefusedException;
import dev.tavernmem0.cli.operate.RequestPath;
import dev.tavernmem0.cli.operate.ServiceClient;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether mem0 answers and takes the key, and whether its embedder does, both through the
 * retriever: only the services know where mem0 is. A list asks no model; a search has the embedder
 * make one vector of the question. Neither leaves anything behind.
 */
final class Mem0Check implements Check {
  private static final String MEM0 = "mem0";
  private static final String EMBEDDER = "embedder";
  private static final RequestPath ONE =
      RequestPath.of("/v1/memories").with("user_id", "default-user").with("limit", 1);
  private static final String DISABLED = "mem0_disabled";

  private final ServiceClient retriever;
  private final ServiceLook look;
  private final LongSupplier nanos;
  private final Messages messages;

  /**
   * @param look what was found of the retriever
   * @param nanos tells how long something takes
   */
  Mem0Check(ServiceClient retriever, ServiceLook look, LongSupplier nanos, Messages messages) {
    this.retriever = retriever;
    this.look = look;
    this.nanos = nanos;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    if (!look.answersUs() || look.isAnother()) {
      String why = messages.text("doctor.mem0.no-retriever");
      return List.of(Finding.notChecked(MEM0, why, null), Finding.notChecked(EMBEDDER, why, null));
    }
    Optional<OperateException> failure = ask(ONE);
    if (failure.isPresent()) {
      return List.of(
          mem0(failure.get()),
          Finding.notChecked(EMBEDDER, messages.text("doctor.embedder.no-mem0"), null));
    }
    return List.of(
        Finding.ok(MEM0, messages.text("doctor.mem0.answers", generation())), embedder());
  }

  private Finding mem0(OperateException failure) {
    String reason = reason(failure);
    if (reason.equals(DISABLED)) {
      return Finding.warning(
          MEM0, messages.text("doctor.mem0.off"), messages.text("doctor.mem0.off.mend"));
    }
    return Finding.problem(
        MEM0,
        String.valueOf(failure.getMessage()),
        messages.text(mend("doctor.mem0.mend", reason)));
  }

  private Finding embedder() {
    long asked = nanos.getAsLong();
    Optional<OperateException> failure = ask(ONE.with("query", "tavern-mem0 doctor"));
    long millis = (nanos.getAsLong() - asked) / 1_000_000;
    return failure
        .map(
            e ->
                Finding.problem(
                    EMBEDDER,
                    String.valueOf(e.getMessage()),
                    messages.text(mend("doctor.embedder.mend", reason(e)))))
        .orElseGet(() -> Finding.ok(EMBEDDER, messages.text("doctor.embedder.answers", millis)));
  }

  private String mend(String key, String reason) {
    String own = key + "." + reason;
    return messages.has(own) ? own : key;
  }

  /** As the retriever calls it. */
  private static String reason(OperateException failure) {
    if (failure instanceof RefusedException refused) {
      return refused.problem().path("degraded").asString("");
    }
    return failure instanceof NotReachableException ? "mem0_timeout" : "";
  }

  private Optional<OperateException> ask(RequestPath what) {
    try {
      retriever.get(what);
      return Optional.empty();
    } catch (OperateException e) {
      return Optional.of(e);
    }
  }

  /** The retriever knows it from what it was asked just now. */
  private String generation() {
    try {
      String told =
          retriever
              .health()
              .path("components")
              .path("mem0")
              .path("details")
              .path("generation")
              .asString("");
      String key = "doctor.mem0.generation." + told;
      return messages.text(messages.has(key) ? key : "doctor.mem0.generation.unknown");
    } catch (OperateException e) {
      return messages.text("doctor.mem0.generation.unknown");
    }
  }
}
