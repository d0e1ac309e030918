/**
 * Who may call a service: no web page but those of configured origins, and off loopback nobody
 * without the key. Auto-configured in every service that has this module.
 */
@NullMarked
package dev.tavernmem0.service.access;

import org.jspecify.annotations.NullMarked;
