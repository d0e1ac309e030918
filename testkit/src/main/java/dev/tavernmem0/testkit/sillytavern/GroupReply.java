package dev.tavernmem0.testkit.sillytavern;

/** What a character says in a round of a group chat. */
public record GroupReply(SimulatedCharacter speaker, String text) {}
