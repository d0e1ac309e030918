package dev.tavernmem0.watcher.connect;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Publishes the turns of SillyTavern's chats as change events. One task: the chats of one
 * SillyTavern lie on one disk.
 */
public final class ChatSourceConnector extends SourceConnector {
  private Map<String, String> properties = Map.of();

  @Override
  public String version() {
    return Version.get();
  }

  @Override
  public void start(Map<String, String> props) {
    properties = Map.copyOf(new ChatSourceConfig(props).originalsStrings());
  }

  @Override
  public Class<? extends Task> taskClass() {
    return ChatSourceTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(properties);
  }

  @Override
  public void stop() {
    properties = Map.of();
  }

  @Override
  public ConfigDef config() {
    return ChatSourceConfig.definition();
  }
}
