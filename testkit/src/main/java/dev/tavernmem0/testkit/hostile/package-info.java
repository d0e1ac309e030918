/** Records that no reader may stumble over, for the tests of every reader. */
@NullMarked
package dev.tavernmem0.testkit.hostile;

import org.jspecify.annotations.NullMarked;
