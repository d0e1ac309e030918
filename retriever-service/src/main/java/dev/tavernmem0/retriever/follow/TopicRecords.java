package dev.tavernmem0.retriever.follow;

import org.springframework.kafka.listener.MessageListener;

/** Takes in the records of a topic. Called by one thread at a time. */
public interface TopicRecords extends MessageListener<byte[], byte[]> {
  /** Kind and place of the last error that ended the consumer; empty if there was none. */
  String lastFault();
}
