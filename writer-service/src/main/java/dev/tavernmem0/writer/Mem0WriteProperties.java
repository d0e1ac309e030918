package dev.tavernmem0.writer;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the writer uses mem0, beside {@link dev.tavernmem0.service.mem0.Mem0ConnectionProperties}.
 *
 * @param writeTimeoutMs longest wait for an answer, in milliseconds; an add takes its model 2 to 20
 *     s, and minutes on a machine of one's own: an add that is given up is done all the same, and
 *     may have to be paid again
 * @param maxConcurrency most calls at the same time, look-ups by id aside, which are as many
 */
@Validated
@ConfigurationProperties("mem0")
public record Mem0WriteProperties(
    @Min(1) @DefaultValue("300000") long writeTimeoutMs,
    @Min(1) @Max(64) @DefaultValue("4") int maxConcurrency) {}
