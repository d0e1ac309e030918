package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.cli.operate.ServiceAnswers;
import dev.tavernmem0.cli.operate.ServiceStub;
import dev.tavernmem0.service.info.ProgramVersion;
import java.io.IOException;

/** The three services, all well, until a test has one of them answer otherwise. */
final class StubbedServices implements AutoCloseable {
  static final String LIST = "GET /v1/memories?user_id=default-user&limit=1";
  static final String SEARCH = LIST + "&query=tavern-mem0%20doctor";

  static final String RETRIEVER_UP =
      ServiceAnswers.RETRIEVER_UP.replace(
          "\"components\":{",
          """
          "components":{
            "service":{"status":"UP","details":{"name":"retriever-service","version":"%s"}},"""
              .formatted(ProgramVersion.current()));

  final ServiceStub watcher = new ServiceStub();
  final ServiceStub writer = new ServiceStub();
  final ServiceStub retriever = new ServiceStub();

  StubbedServices() throws IOException {
    watcher
        .answer("GET /actuator/health", health("UP", "chat-watcher", ProgramVersion.current()))
        .answer("GET /v1/status", ServiceAnswers.WATCHER);
    writer
        .answer("GET /actuator/health", health("UP", "writer-service", ProgramVersion.current()))
        .answer("GET /v1/status", ServiceAnswers.writer());
    retriever
        .answer("GET /actuator/health", RETRIEVER_UP)
        .answer(LIST, "{\"memories\":[]}")
        .answer(SEARCH, "{\"memories\":[]}");
  }

  static String health(String status, String name, String version) {
    return """
        {"status":"%s","components":{
          "service":{"status":"UP","details":{"name":"%s","version":"%s"}}}}"""
        .formatted(status, name, version);
  }

  /** What the retriever says when mem0 fails. */
  static String mem0Problem(int status, String degraded, String detail) {
    return """
        {"type":"urn:tavern-mem0:problem:mem0","title":"Bad Gateway","status":%d,"detail":"%s",
         "degraded":"%s"}"""
        .formatted(status, detail, degraded);
  }

  /** Somebody who knows where they are. */
  Operator told(Operator operator) {
    return operator
        .set("TAVERN_MEM0_WATCHER_URL", watcher.url())
        .set("TAVERN_MEM0_WRITER_URL", writer.url())
        .set("TAVERN_MEM0_RETRIEVER_URL", retriever.url());
  }

  @Override
  public void close() {
    watcher.close();
    writer.close();
    retriever.close();
  }
}
