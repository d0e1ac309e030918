package dev.tavernmem0.retriever.rewrite;

import dev.tavernmem0.service.openai.ChatCompletionsOptions;

/**
 * Which model rewrites queries, and how.
 *
 * @param model how it is reached
 * @param prompt instructions when the request brings none
 * @param retries how often a transient failure is tried again
 */
public record RewriterOptions(ChatCompletionsOptions model, String prompt, int retries) {}
