package dev.caisson.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.caisson.base.Category;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a call should be refused with. */
final class GuestFailures {
    private GuestFailures() {}

    static GuestException fails(Category category, ThrowingCallable call) {
        var failure = catchThrowableOfType(GuestException.class, call);
        assertThat(failure).as("the call was to fail with " + category).isNotNull();
        assertThat(failure.category()).as(failure.getMessage()).isEqualTo(category);
        return failure;
    }
}
