package dev.tavernmem0.writer.consume;

/**
 * Something that an operator asked for and that does not go on by itself, or has failed to for now.
 *
 * @param kind {@code replay} or {@code forget}
 * @param id its id
 * @param error why
 */
public record StoppedOperation(String kind, String id, String error) {}
