package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.writer.clean.Cleaning;
import java.time.Duration;

/**
 * How batches are written.
 *
 * @param infer whether mem0's model extracts memories; otherwise messages are stored verbatim
 * @param roles in which roles messages are sent
 * @param server what the server can do
 * @param tokens most tokens of a batch; learns from what becomes of batches
 * @param cleaning what of a message is written
 * @param callTimeout how long a post waits for its answer
 * @param reconcileGrace how long after that mem0 may still store the batch
 * @param phantomAttempts how often a batch is written before ids that do not exist make it dead,
 *     and how often one that mem0 gave no answer about is written again
 */
public record WriteOptions(
    boolean infer,
    MessageRoles roles,
    ServerFeatures server,
    TokenLimit tokens,
    Cleaning cleaning,
    Duration callTimeout,
    Duration reconcileGrace,
    int phantomAttempts) {}
