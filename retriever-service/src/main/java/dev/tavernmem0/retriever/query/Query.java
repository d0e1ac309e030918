package dev.tavernmem0.retriever.query;

/**
 * A text to search for.
 *
 * @param stage the rung of the ladder it belongs to
 * @param text one line, not blank
 */
public record Query(Stage stage, String text) {}
