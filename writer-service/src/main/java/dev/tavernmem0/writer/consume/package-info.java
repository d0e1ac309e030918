/**
 * The loop: consumes turn events, folds them into chats, has their tasks carried out and commits
 * behind it.
 *
 * <p>A plain {@code KafkaConsumer} on one thread instead of a Spring Kafka listener: the thread
 * owns all state without locks; a partition's ledger is restored between its assignment and its
 * first record; records complete out of order (a batch spans many, of several chats) while commits
 * stay in order; and time alone (a chat gone idle) makes tasks without any record arriving. A
 * listener container offers none of these without working around it.
 */
@NullMarked
package dev.tavernmem0.writer.consume;

import org.jspecify.annotations.NullMarked;
