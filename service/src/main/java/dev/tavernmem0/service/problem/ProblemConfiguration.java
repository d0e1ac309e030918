package dev.tavernmem0.service.problem;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * Problems as answers. What has another contract for its errors (the memory server) excludes it.
 */
@AutoConfiguration
@Import(ProblemAdvice.class)
public class ProblemConfiguration {}
