package dev.tavernmem0.retriever.it;

import dev.tavernmem0.testkit.access.AccessContract;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class AccessIT extends AccessContract {
  private static FaultyMem0Server mem0;
  private static RunningRetriever retriever;

  @BeforeAll
  static void start() {
    mem0 = FaultyMem0Server.start();
    retriever = RunningRetriever.start(mem0.url(), "tavern.access.api-key=" + KEY);
  }

  @AfterAll
  static void stop() {
    retriever.close();
    mem0.close();
  }

  @Override
  protected int port() {
    return retriever.url().getPort();
  }

  @Override
  protected String readable() {
    return "/v1/memories?user_id=alice";
  }

  @Override
  protected String writable() {
    return "/v1/inject";
  }
}
