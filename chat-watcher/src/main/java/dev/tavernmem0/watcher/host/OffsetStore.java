package dev.tavernmem0.watcher.host;

import io.debezium.embedded.KafkaConnectUtil;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.KafkaOffsetBackingStore;
import org.apache.kafka.connect.util.SharedTopicAdmin;
import org.apache.kafka.connect.util.TopicAdmin;
import org.jspecify.annotations.Nullable;

/**
 * Kafka Connect's offsets on a topic. Unlike the store that Debezium Engine makes by itself it
 * closes its admin client, of which every rebuilt engine would leave one behind, and stops in time
 * while Kafka is away. The engine makes it by name.
 */
public final class OffsetStore extends KafkaOffsetBackingStore {
  /** What has not arrived by then is not stored: what it was about is published again. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

  private final Admin admin;

  /** For Debezium Engine. */
  public OffsetStore() {
    this(new Admin());
  }

  private OffsetStore(Admin admin) {
    super(admin::get, () -> "tavern-watcher-", KafkaConnectUtil.converterForOffsetStore());
    this.admin = admin;
  }

  @Override
  public void configure(WorkerConfig config) {
    admin.open(config);
    super.configure(config);
  }

  @Override
  public void stop() {
    // Connect's producer waits for its brokers for ever, unless it is interrupted.
    Thread stop = new Thread(super::stop, "watcher-offsets-stop");
    stop.setDaemon(true);
    stop.start();
    try {
      stop.join(STOP_PATIENCE.toMillis());
      if (stop.isAlive()) {
        stop.interrupt();
        stop.join(STOP_PATIENCE.toMillis());
      }
    } catch (InterruptedException e) {
      stop.interrupt();
      Thread.currentThread().interrupt();
    } finally {
      admin.close();
    }
  }

  /** The admin client, which exists from {@link #configure} on. */
  private static final class Admin {
    private final AtomicReference<@Nullable SharedTopicAdmin> opened = new AtomicReference<>();

    void open(WorkerConfig config) {
      opened.set(new SharedTopicAdmin(config.originals()));
    }

    TopicAdmin get() {
      SharedTopicAdmin admin = opened.get();
      if (admin == null) {
        throw new IllegalStateException("the offset store is not configured");
      }
      return admin.topicAdmin();
    }

    void close() {
      SharedTopicAdmin admin = opened.getAndSet(null);
      if (admin != null) {
        admin.close();
      }
    }
  }
}
