package dev.tavernmem0.writer.sweep;

/**
 * A memory that mem0 holds for a batch without the ledger's knowing: it was stored after mem0 had
 * been given up on.
 *
 * @param batchId the batch that it bears the id of
 * @param memoryId the memory
 * @param merged whether it was another batch's before, and mem0 has put this one's words into it
 */
public record Adoption(String batchId, String memoryId, boolean merged) {}
