package dev.tavernmem0.service.limits;

import dev.tavernmem0.service.ServiceApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** A service in a process of its own, with little memory, that ends when it runs out of it. */
final class SmallService implements AutoCloseable {
  private static final String READY = "listening on ";

  private final Process process;
  private final int port;

  private SmallService(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  @EnableAutoConfiguration
  @Import(Things.class)
  static class Service {
    public static void main(String[] args) {
      var context = ServiceApplication.builder(Service.class, "things").run(args);
      int port = ((WebServerApplicationContext) context).getWebServer().getPort();
      System.out.println(READY + port);
    }
  }

  @RestController
  static class Things {
    @GetMapping("/v1/things")
    List<String> things() {
      return List.of("a thing");
    }

    @PostMapping("/v1/things")
    int count(@RequestBody JsonNode things) {
      return things.size();
    }
  }

  static SmallService start(String heap, String... settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Service.class.getName(), "--spring.application.name=things"));
    command.addAll(List.of("--server.port=0", "--logging.level.root=error"));
    command.addAll(List.of(settings));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith(READY)) {
        drain(output);
        return new SmallService(process, Integer.parseInt(line.substring(READY.length())));
      }
    }
    throw new IOException("it did not start: " + said);
  }

  private static void drain(BufferedReader output) {
    Thread reader =
        new Thread(
            () -> {
              try {
                output.transferTo(java.io.Writer.nullWriter());
              } catch (IOException e) {
                // It has ended.
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
