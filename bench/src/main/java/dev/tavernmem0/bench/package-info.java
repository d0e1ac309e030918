/** Benchmarks; each prints its figures beside a baseline that was measured in the same run. */
@NullMarked
package dev.tavernmem0.bench;

import org.jspecify.annotations.NullMarked;
