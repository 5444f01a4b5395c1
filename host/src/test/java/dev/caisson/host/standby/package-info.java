@NullMarked
package dev.caisson.host.standby;

import org.jspecify.annotations.NullMarked;
