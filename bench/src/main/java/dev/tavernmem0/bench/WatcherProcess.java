package dev.tavernmem0.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The watcher in a JVM of its own. */
final class WatcherProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final ServiceProcess process;

  private WatcherProcess(ServiceProcess process) {
    this.process = process;
  }

  /** Starts it; it has done nothing yet when this returns. */
  static WatcherProcess start(Workspace workspace, RunOptions options) throws IOException {
    List<String> jvm = new ArrayList<>();
    jvm.add("-Xmx" + options.watcherHeap);
    jvm.addAll(options.watcherJvm);
    return new WatcherProcess(
        ServiceProcess.start(
            "watcher",
            WatcherProcessMain.class,
            jvm,
            new WatcherSettings(workspace.dataRoot(), workspace.bootstrapServers()).arguments(),
            workspace.directory()));
  }

  /** Waits until the engine runs. */
  void awaitRunning() {
    process.await(START_LIMIT, status -> status.path("engine").asString().equals("RUNNING"));
  }

  /** Waits until everything that was there at the start has been published. */
  void awaitSnapshotDone(Duration limit) {
    process.await(limit, status -> status.path("snapshot").asString("").equals("done"));
  }

  /** How many turn events it has published since its start. */
  long events() {
    return process.status().path("events").asLong();
  }

  /** Processor time of all its threads since its start. */
  Duration cpu() {
    return process.cpu();
  }

  /** Bytes of the objects that a full collection leaves. */
  long liveHeap() throws IOException, InterruptedException {
    return process.liveHeap();
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
