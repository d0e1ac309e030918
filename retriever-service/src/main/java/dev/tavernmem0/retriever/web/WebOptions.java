package dev.tavernmem0.retriever.web;

/**
 * With how much one may call.
 *
 * @param maxRequestBytes largest body
 */
public record WebOptions(long maxRequestBytes) {}
