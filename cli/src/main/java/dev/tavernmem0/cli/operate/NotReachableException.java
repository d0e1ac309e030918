package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import tools.jackson.databind.node.ObjectNode;

/** Nobody, or something else, answers where a service should be. */
public final class NotReachableException extends OperateException {
  private static final String LATE = "reason.timeout";

  private final Endpoint endpoint;
  private final String reason;
  private final String brief;

  private NotReachableException(Endpoint endpoint, String reason, Messages messages) {
    super(
        ExitCodes.NOT_REACHABLE,
        messages.text(
            "unreachable",
            messages.text("part." + endpoint.part().title()),
            endpoint.url(),
            from(endpoint, messages),
            messages.text(reason)),
        messages.text(
            endpoint.part() == Part.TARGET_WRITER ? "mend.no-target" : "mend.unreachable",
            "--" + endpoint.part().urlSetting(),
            Settings.variable(endpoint.part().urlSetting())));
    this.endpoint = endpoint;
    this.reason = reason;
    this.brief =
        messages.text("unreachable.brief", messages.text(reason), from(endpoint, messages));
  }

  private static String from(Endpoint endpoint, Messages messages) {
    return endpoint.urlFrom() == null ? messages.text("setting.default") : endpoint.urlFrom();
  }

  /** No answer came. */
  static NotReachableException of(Endpoint endpoint, IOException failure, Messages messages) {
    return new NotReachableException(endpoint, reason(failure), messages);
  }

  /** The answer does not begin, or does not end. */
  static NotReachableException late(Endpoint endpoint, Messages messages) {
    return new NotReachableException(endpoint, LATE, messages);
  }

  /** An answer came that is not of this service. */
  static NotReachableException somethingElse(Endpoint endpoint, Messages messages) {
    return new NotReachableException(endpoint, "reason.something-else", messages);
  }

  private static String reason(IOException failure) {
    if (failure instanceof HttpTimeoutException) {
      return LATE;
    }
    if (failure instanceof ConnectException) {
      return hasCause(failure, UnresolvedAddressException.class)
          ? "reason.no-host"
          : "reason.refused";
    }
    return failure instanceof SSLException ? "reason.tls" : "reason.broken";
  }

  private static boolean hasCause(Throwable failure, Class<?> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  @Override
  String brief() {
    return brief;
  }

  @Override
  ObjectNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put("error", "not-reachable")
        .put("part", endpoint.part().title())
        .put("url", endpoint.url().toString())
        .put("from", endpoint.urlFrom())
        .put("reason", reason.replace("reason.", ""));
  }
}
