package dev.tavernmem0.watcher.chatfile;

/**
 * A line that is no chat message; it was skipped, as SillyTavern does.
 *
 * @param line number in the file, from 1
 * @param reason what is wrong with it; never holds chat text
 */
public record BadLine(int line, String reason) {}
