/** The whole pipeline, each part in a process of its own, while things go wrong. */
@NullMarked
package dev.tavernmem0.cli.pipeline;

import org.jspecify.annotations.NullMarked;
