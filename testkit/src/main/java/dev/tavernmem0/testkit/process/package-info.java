/** Java programs in processes of their own, which tests kill and freeze. */
@NullMarked
package dev.tavernmem0.testkit.process;

import org.jspecify.annotations.NullMarked;
