import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.Result;

/** A Neo4j database behind Bolt, with the password of {@code NEO4J_AUTH}; stops cleanly on SIGTERM. */
final class Neo4jServer {
  public static void main(String[] args) throws Exception {
    var password = System.getenv("NEO4J_AUTH").split("/", 2)[1];
    var stopped = new CountDownLatch(1);
    var dbms =
        new DatabaseManagementServiceBuilder(Path.of("/data"))
            .setConfig(GraphDatabaseSettings.logs_directory, Path.of("/logs"))
            .setConfig(GraphDatabaseSettings.auth_enabled, true)
            .setConfig(GraphDatabaseSettings.pagecache_memory, 128L << 20)
            .setConfig(BoltConnector.enabled, true)
            .setConfig(BoltConnector.listen_address, new SocketAddress("0.0.0.0", 7687))
            .build();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  dbms.shutdown();
                  stopped.countDown();
                }));
    var system = dbms.database("system");
    // As in the real image, the password is the first start's.
    var fresh = "SHOW USERS YIELD user, passwordChangeRequired WHERE user = 'neo4j' AND passwordChangeRequired";
    if (system.executeTransactionally(fresh, Map.of(), Result::hasNext)) {
      system.executeTransactionally(
          "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
    }
    var http = HttpServer.create(new InetSocketAddress(7474), 0);
    var page = "Offline stand-in: Bolt only, on 7687.\n".getBytes(StandardCharsets.UTF_8);
    http.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, exchange.getRequestMethod().equals("HEAD") ? -1 : page.length);
          if (!exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseBody().write(page);
          }
          exchange.close();
        });
    http.start();
    System.out.println("Bolt enabled on 0.0.0.0:7687."); // what Testcontainers waits for, as the real one says it
    System.out.println("Started.");
    stopped.await();
  }
}
