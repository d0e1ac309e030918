package dev.tavernmem0.service.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to set. */
final class KeyRequiredAnalyzer extends AbstractFailureAnalyzer<KeyRequiredException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, KeyRequiredException cause) {
    return new FailureAnalysis(
        cause.getMessage() + ".",
        "Set TAVERN_ACCESS_API_KEY to a long random text, or SERVER_ADDRESS=127.0.0.1 to listen on"
            + " this machine only.",
        cause);
  }
}
