/** What every service with an HTTP interface shares. */
@NullMarked
package dev.tavernmem0.service;

import org.jspecify.annotations.NullMarked;
